"""The fluid chart of a patient: what went in and came out, by shift and by day."""
