"""What each FHIR resource becomes in our record, one file a resource."""
