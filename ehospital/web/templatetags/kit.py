"""What every template may use without loading it: icons, dates, isolated numbers, attributes."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ehospital.clinical.models import Note, Pregnancy, SafetyFlag
from ehospital.clinical.queries import TimelineLine
from ehospital.monitoring.models import Device
from ehospital.web.kit import codes, dates, quantities, result_flags

register = template.Library()

# These point in the direction of reading and turn round in Arabic.
_DIRECTED = frozenset({"arrow-right", "chevron-left", "chevron-right", "door-enter", "logout"})


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


for _filter in (
    dates.day, dates.known, dates.clock, dates.moment, dates.shortday, dates.longday, dates.longknown, dates.iso,
    codes.interpretation_words, codes.absent_words, codes.actor_words,
    quantities.normalised, quantities.readable, quantities.comparator_sign, quantities.unit_words,
    result_flags.result_flag, result_flags.result_mark,
):  # fmt: skip
    register.filter(_filter.__name__, _filter)


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


_WEIGHT_KINDS = {"critical": "bad", "abnormal": "warn", "normal": "ok"}


@register.filter
def weight_kind(weight: str) -> str:
    """Return the kind of tag that says how much of a result is not as usual."""
    return _WEIGHT_KINDS.get(weight, "unknown")


_EVENT_ICONS = {
    "encounter": "stethoscope", "problem": "clipboard-list", "allergy": "alert-triangle", "report": "file-text",
    "procedure": "scan", "immunisation": "vaccine", "medicine": "pill", "document": "file-text",
    "care plan": "checklist", "flag": "alert-triangle", "results": "flask", "order": "checklist", "form": "checklist",
}  # fmt: skip


@register.filter
def event_icon(kind: str) -> str:
    """Return the icon of a kind of event in a timeline."""
    return _EVENT_ICONS.get(kind, "notes")


@register.filter
def event_title(line: TimelineLine) -> str:
    """Return what a line of the timeline says; a flag is kept under its key and shown in words."""
    if line.kind == "flag":
        return str(SafetyFlag.Kind(line.title).label)
    if line.kind == "pregnancy":
        return str(Pregnancy.Outcome(line.title).label)
    if line.kind == "note":
        return _("Addendum to a note") if line.title == "addendum" else str(Note.Kind(line.title).label)
    return line.title


@register.filter
def device_type(kind: str) -> str:
    """Return what a device is, in words."""
    return str(Device.Type(kind).label)
