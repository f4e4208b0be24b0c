"""Every address of ours, and what it is about."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from ehospital.people.access import Permission, Role
from tests.house.rules.urls import STOCK

PATIENT, UNIT, OPENER, STATION, AUTHOR, TOLD = "patient", "unit", "opener", "station", "author", "told"
PERFORMER, ASKED, TEAM = "performer", "asked", "team"

# What an address is about, by its parameters; whatever is about nobody opens to whoever holds its permission.
ABOUT = {"patient_id": PATIENT, "document_id": PATIENT, "note_id": PATIENT, "alert_id": PATIENT, "ward_id": UNIT,
    "plan_id": PATIENT, "activity_id": PATIENT, "event_id": PATIENT, "request_id": PATIENT,
}  # fmt: skip
KINDS_PERFORMED = {Role.LAB_TECHNICIAN: "laboratory", Role.RADIOGRAPHER: "imaging"}
ABOUT_BY_NAME = {
    "glass_close": OPENER,
    "glass_second": OPENER,
    "portal_proxy_end": PATIENT,
    "portal_ask_why": PATIENT,
    "portal_consent_withdraw": PATIENT,
    "portal_correct": PATIENT,
    "switch_lock": STATION,
    "chart_note_draft": AUTHOR,
    "badge_end": AUTHOR,
    "chart_note_keep": AUTHOR,
    "notice_seen": TOLD,
    "notice_browser_drop": TOLD,
    "order_perform": PERFORMER,
    "order_call": PERFORMER,
    "referral_take": ASKED,
    "result_take_over": TEAM,
    "result_with_reason": ASKED,  # it is the team's: to nobody here as one that nobody reads
}


@dataclass(frozen=True)
class Address:
    """One address of ours: its name, its parameters, and the permission that its view declares."""

    name: str
    parameters: tuple[str, ...]
    permission: Permission

    @property
    def about(self) -> str:
        """What it is about: one patient, a unit, an opening of one's own, a shared computer, or nobody."""
        found = (ABOUT[one] for one in self.parameters if one in ABOUT)
        return ABOUT_BY_NAME.get(self.name) or next(found, "")


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[Address]:
    """Every address of ours that is not open to the world."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        elif not f"{pattern.callback.__module__}.".startswith((*STOCK, "ehospital.fhir.")):  # FHIR has its own matrix
            permission = pattern.callback.permission  # type: ignore[attr-defined]
            if permission is not Permission.NONE_NEEDED:
                yield Address(pattern.name or "", tuple(pattern.pattern.converters), permission)


EVERY = sorted(addresses(get_resolver().url_patterns), key=lambda one: one.name)
