"""The audit trail of one patient as FHIR R4 AuditEvent, in the manner of IHE BALP: one resource an event."""

from typing import Any, Final

from ehospital.foundation.models import AuditEvent

Json = dict[str, Any]

_TYPE: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
    "code": "rest",
    "display": "RESTful Operation",
}
_INTERACTION: Final = "http://hl7.org/fhir/restful-interaction"
_INTERACTIONS: Final = {"C": "create", "R": "read", "U": "update", "D": "delete"}
_OURS: Final = "urn:ehospital:audit-action"
_ENTITY: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_PURPOSE: Final = "urn:ehospital:audit-purpose"
DONE, REFUSED = "0", "4"


def write(event: AuditEvent, *, hospital: str) -> Json:
    """Return one event. Its id is the number under which the seals know it."""
    refused = event.action.rsplit(".", 1)[-1] in ("refused", "failed")
    interaction = _INTERACTIONS.get(event.category)
    subtypes = [{"system": _INTERACTION, "code": interaction}] if interaction else []
    told: Json = {
        "resourceType": "AuditEvent",
        "id": str(event.pk),
        "type": _TYPE,
        "subtype": [*subtypes, {"system": _OURS, "code": event.action}],
        "action": event.category,
        "recorded": event.at.isoformat(),
        "outcome": REFUSED if refused else DONE,
        "agent": [{"who": _who(event), "requestor": True}],
        "source": {"observer": {"display": hospital}},
    }
    if event.purpose:
        told["purposeOfEvent"] = [{"coding": [{"system": _PURPOSE, "code": event.purpose}]}]
    if entities := _entities(event):
        told["entity"] = entities
    return told


def _who(event: AuditEvent) -> Json:
    return {
        "identifier": {"system": f"urn:ehospital:{event.actor_kind}", "value": event.actor_id or "unknown"},
        "display": event.actor_name or event.actor_kind,
    }


def _entities(event: AuditEvent) -> list[Json]:
    found: list[Json] = []
    if event.patient_id is not None:
        found.append({
            "what": {"reference": f"Patient/{event.patient_id}"},
            "type": {"system": _ENTITY, "code": "1"},
            "role": {"system": _ROLE, "code": "1"},
        })  # fmt: skip
    if event.subject:
        what = {"identifier": {"system": "urn:ehospital:subject", "value": event.subject}}
        found.append({"what": what, "type": {"system": _ENTITY, "code": "2"}, "role": {"system": _ROLE, "code": "4"}})
    return found
