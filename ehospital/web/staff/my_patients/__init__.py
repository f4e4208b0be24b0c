"""The patients in my care, the sickest first."""
