"""Which encounters are visits: the patient comes, is called or is gone to, and goes home the same day."""

from ehospital.clinical.models import Encounter

OUTPATIENT = (
    Encounter.Setting.AMBULATORY, Encounter.Setting.VIRTUAL, Encounter.Setting.HOME, Encounter.Setting.FIELD,
)  # fmt: skip
