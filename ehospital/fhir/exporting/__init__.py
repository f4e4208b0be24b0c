"""Out of the record as FHIR R4: whole records as files, and the International Patient Summary."""
