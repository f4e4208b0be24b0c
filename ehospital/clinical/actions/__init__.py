"""Writes of the chart."""

from ehospital.clinical.actions.importing import UnknownPatient, Written, import_record

__all__ = ["UnknownPatient", "Written", "import_record"]
