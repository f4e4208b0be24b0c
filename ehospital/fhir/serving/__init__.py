"""The FHIR R4 door: other systems read, search and create under the same permissions as the pages."""
