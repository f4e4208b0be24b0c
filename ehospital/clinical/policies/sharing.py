"""Which notes patients read by themselves: those that are written to be handed to them."""

from typing import Final

from ehospital.clinical.models import Note

SHARED: Final = (Note.Kind.OUTPATIENT, Note.Kind.DISCHARGE)
