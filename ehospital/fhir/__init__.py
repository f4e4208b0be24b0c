"""The FHIR R4 door, one file per resource."""
