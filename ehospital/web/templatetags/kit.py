"""What every template may use without loading it: icons, dates, isolated numbers, attributes."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from ehospital.clinical.models import SafetyFlag
from ehospital.clinical.queries import TimelineLine

register = template.Library()

# These point in the direction of reading and turn round in Arabic.
_DIRECTED = frozenset({
    "arrow-left", "arrow-right", "chevron-left", "chevron-right", "door-enter", "logout", "send", "player-play", "list",
})  # fmt: skip


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Return one icon of the sprite, hidden from screen readers unless it carries a label."""
    classes = " ".join(filter(None, ("i", "flip" if name in _DIRECTED else "", css)))
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" width="20" height="20" {} focusable="false"><use href="{}#{}"></use></svg>',
        classes, voice, static("icons/sprite.svg"), name,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, number: int, name: str = "page") -> str:
    """Return the query of another page of the same list, everything else that was asked kept."""
    query = context["request"].GET.copy()
    query[name] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def ltr(value: object) -> SafeString:
    """Isolate a number, a dose or a code, which read from left to right in every language."""
    if value is None or value == "":
        return mark_safe("")
    return format_html('<bdi dir="ltr">{}</bdi>', value)


@register.filter
def flat(attributes: Mapping[str, Any]) -> SafeString:
    """Return a component's remaining attributes as HTML, every value escaped."""
    given = attributes.attrs_dict() if hasattr(attributes, "attrs_dict") else attributes
    parts = []
    for name, value in given.items():
        if value is True:
            parts.append(format_html(" {}", name))
        elif value is not False and value is not None:
            parts.append(format_html(' {}="{}"', name, value))
    return mark_safe("".join(parts))  # noqa: S308  each part is escaped above


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _formatted(value: date | datetime | None, pattern: str) -> str:
    return date_format(_local(value), pattern) if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """Return a day as staff read it: 23-Nov-2026."""
    return _formatted(value, pgettext("date format, a day for staff", "d-M-Y"))


@register.filter
def clock(value: datetime | None) -> str:
    """Return the time of day in the hospital: 10:46."""
    return _formatted(value, pgettext("date format, time of day", "H:i"))


@register.filter
def moment(value: datetime | None) -> str:
    """Return day and time as staff read them: 23-Nov-2026 10:46."""
    return _formatted(value, pgettext("date format, day and time for staff", "d-M-Y H:i"))


@register.filter
def shortday(value: date | datetime | None) -> str:
    """Return a near day: Mon 23 Nov."""
    return _formatted(value, pgettext("date format, a near day", "D j M"))


@register.filter
def longday(value: date | datetime | None) -> str:
    """Return a day as patients read it: Monday 23 November 2026."""
    return _formatted(value, pgettext("date format, a day for patients", "l j F Y"))


@register.filter
def iso(value: date | datetime | None) -> str:
    """Return a day or an instant for `<time datetime>`."""
    return _local(value).isoformat() if value else ""


@register.filter
def wordlist(text: str) -> list[str]:
    """Return the words of a text, to loop over."""
    return text.split()


@register.filter
def initials(name: str) -> str:
    """Return up to two initials of a name."""
    words = [word for word in str(name).replace(",", " ").split() if word[:1].isalpha()]
    chosen = [words[0], words[-1]] if len(words) > 1 else words
    return conditional_escape("".join(word[0] for word in chosen).upper())


@register.filter
def normalised(value: Decimal | None) -> str:
    """Return a number with the digits that were written, never in powers of ten."""
    return "" if value is None else format(value, "f")


_EVENT_ICONS = {
    "encounter": "stethoscope", "problem": "clipboard-list", "allergy": "alert-triangle", "report": "file-text",
    "procedure": "scan", "immunisation": "vaccine", "medicine": "pill", "document": "file-text",
    "care plan": "checklist", "flag": "alert-triangle", "results": "flask",
}  # fmt: skip


@register.filter
def event_icon(kind: str) -> str:
    """Return the icon of a kind of event in a timeline."""
    return _EVENT_ICONS.get(kind, "notes")


@register.filter
def event_title(line: TimelineLine) -> str:
    """Return what a line of the timeline says; a flag is kept under its key and shown in words."""
    return str(SafetyFlag.Kind(line.title).label) if line.kind == "flag" else line.title
