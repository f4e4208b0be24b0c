"""On what ground somebody looked at a record, and who they are to the patient, in the patient's words."""

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ehospital.people.access import Role
from ehospital.people.models import Proxy
from ehospital.people.queries import Looked

_CARE: Final[dict[str, Promise]] = {
    "ward": gettext_lazy("You were on their ward"),
    "clinic": gettext_lazy("You were on their clinic's list"),
    "referral": gettext_lazy("You were referred to them"),
    "named": gettext_lazy("They cared for you by name"),
}
_BROKEN: Final[dict[str, Promise]] = {
    "emergency": gettext_lazy("you were in danger"),
    "covering": gettext_lazy("they stood in for somebody who cares for you"),
    "advice": gettext_lazy("those who care for you asked them for advice"),
    "arrival": gettext_lazy("you had come to them and were not registered there yet"),
    "wish": gettext_lazy("you asked for it"),
    "other": gettext_lazy("another reason, which the privacy officer knows"),
}
GLASS, PROXY = "glass-", "proxy-"


def why(lines: Sequence[Looked]) -> str:
    """Return on what ground somebody looked, as far as it was written down; empty when their role alone says it."""
    purpose = lines[0].purpose
    if purpose.startswith(GLASS):
        kind = purpose.removeprefix(GLASS)
        said = str(_BROKEN[kind]) if kind in _BROKEN else _("no reason written down")
        return _("You were not in their care. The reason that they gave: {reason}.").format(reason=said)
    if purpose.startswith(PROXY):
        relation = purpose.removeprefix(PROXY)
        said = str(Proxy.Relation(relation).label) if relation in Proxy.Relation.values else ""
        return pgettext("what a proxy is to the patient", "Acts for you as {relation}").format(relation=said)
    care = next((line.care for line in lines if line.care), "")
    return str(_CARE[care]) if care in _CARE else ""


def role_words(line: Looked) -> str:
    """Return who somebody is in words: the role that they held, or that it was no human being."""
    if line.myself:
        return ""
    if line.kind == "staff":
        held = [str(Role(role).label) for role in line.roles if role in Role.values]
        return " · ".join(held) or _("Member of staff")
    return {
        "system": _("The hospital's computers"),
        "device": _("A monitor or other device"),
        "patient": _("Somebody who acts for you"),
    }.get(line.kind, _("Somebody else"))
