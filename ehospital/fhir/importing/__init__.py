"""Importing FHIR R4 from files of any size: what stands in them, whole patients at a time."""
