"""Days as they are known in a history: 17-05-2001, 05-2001 or 2001."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.details import Moment
from ehospital.people.queries import birth_date

_WRITTEN = {"year": "%Y", "month": "%m-%Y"}


class PartialDayField(forms.CharField):
    """A day as precise as it is known; empty is None. What is shown and not touched stays exactly as it was."""

    default_help = _("As 17-05-2001. Month and year, or the year alone, will do.")

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"required": False, "max_length": 20, "help_text": self.default_help, **more})

    def clean(self, value: Any) -> Moment | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        for start, precision in (("", "day"), ("01-", "month")):
            if (day := birth_date(start + text)) is not None:
                return _first(day, precision)
        if len(text) == 4 and text.isascii() and text.isdecimal() and int(text):
            return _first(date(int(text), 1, 1), "year")
        raise forms.ValidationError(_("This is no date. Type it as 17-05-2001; month and year, or the year, will do."))


def _first(day: date, precision: str) -> Moment | None:
    try:
        return Moment(timezone.make_aware(datetime.combine(day, time.min)), precision)
    except (OverflowError, ValueError) as error:
        raise forms.ValidationError(_("This date lies outside the calendar. Look at it again.")) from error


def typed(moment: Moment | None) -> str:
    """Return a moment as somebody would type it into such a field."""
    return timezone.localtime(moment.at).strftime(_WRITTEN.get(moment.precision, "%d-%m-%Y")) if moment else ""


def kept(told: Moment | None, known: Moment | None) -> Moment | None:
    """Return what was told, or what is known to the minute when the field says the same day."""
    return known if typed(told) == typed(known) else told
