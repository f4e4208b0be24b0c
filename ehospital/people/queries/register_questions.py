"""What the rows of a register leave open, for the step that asks somebody."""

from ehospital.algorithms import written_days
from ehospital.algorithms.written_days import Question
from ehospital.foundation.days import hospital_day
from ehospital.people.models import RegisterImport
from ehospital.people.policies.register_settings import RegisterSettings


def birth_question(register: RegisterImport, settings: RegisterSettings, *, column: int | None = None) -> Question:
    """Return what the column of birth dates leaves open, with examples.

    Args:
        column: to ask of another one than the settings name.
    """
    column = settings.column_of("birth") if column is None else column
    if column is None:
        return Question()
    rows = register.rows.filter(number__gt=settings.headings[1]).order_by("number")
    texts = rows.values_list(f"cells__{column}", flat=True)
    told = dict.fromkeys(str(text) for text in texts.iterator(chunk_size=5000) if text)
    return written_days.question(told, today=hospital_day(register.begun_at))
