"""Founds the demo hospital in the record: organisation, sites, wards, beds, staff with their roles and accounts."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from ehospital.estate import actions as estate
from ehospital.estate import queries as places
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.simulation import staff, vocabularies
from ehospital.simulation.pen import Doctor
from ehospital.simulation.staff import CLINIC, Colleague, Ward

_EMPLOYED_FOR = timedelta(days=420)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a visitor becomes somebody."""

    username: str
    password: str


@dataclass(slots=True)
class Founded:
    """The hospital as it stands in the record, before anybody lies in it.

    Attributes:
        wards: by key, the monitored one first.
        ward_ids, unit_ids: by ward key; `unit_ids` also of "clinic".
        bed_ids: (ward key, bed code) → id.
        staff_ids: by user name.
        sign_ins: by the key of demo.json.
        fhir: client id and secret of the one system that comes in at the FHIR door.
    """

    wards: dict[str, Ward]
    team: list[Colleague]
    ward_ids: dict[str, UUID] = field(default_factory=dict)
    unit_ids: dict[str, UUID] = field(default_factory=dict)
    bed_ids: dict[tuple[str, str], UUID] = field(default_factory=dict)
    staff_ids: dict[str, UUID] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    fhir: dict[str, str] = field(default_factory=dict)

    def doctors(self) -> list[Doctor]:
        """Return the doctors of every ward and of the clinic, as those who sign charts."""
        return [
            Doctor(one.signature, place, self.staff_ids[one.username])
            for one in self.team
            if one.role == "doctor"
            for place in one.places
        ]

    def nurse_of(self, ward: str) -> Colleague:
        """Return the first nurse of a ward."""
        return next(one for one in self.team if one.role == "nurse" and ward in one.places)

    def acting(self, who: Colleague, at: datetime) -> access.Actor:
        """Return a colleague as an actor of that moment."""
        return access.of_staff(self.staff_ids[who.username], name=who.signature, at=at)


def found(*, seed: int, beds: int, by: access.Actor, at: datetime) -> Founded:
    """Found the hospital and return its ids.

    Args:
        beds: of the monitored ward, side rooms apart.
        at: now; the staff were employed more than a year before.
    """
    built = Founded({ward.key: ward for ward in staff.wards(beds)}, staff.roster(seed))
    vocabularies.bring_in(by=by, at=at)
    organisation_id = people.add_organisation(name=staff.HOSPITAL, kind="Hospital", by=by, at=at)
    site_ids = [estate.add_site(name=name, organisation_id=organisation_id, by=by, at=at) for name in staff.SITES]
    for ward in built.wards.values():
        _build(built, ward, site_ids[0], by=by, at=at)
    built.unit_ids[CLINIC] = people.add_unit(
        name="Outpatient clinics", organisation_id=organisation_id, receives_imports=True, by=by, at=at
    )
    employed_at = at - _EMPLOYED_FOR
    for one in built.team:
        _employ(built, one, organisation_id, by=by, at=employed_at)
    for one in built.team:
        if one.sign_in:
            built.sign_ins[one.sign_in] = give_sign_in(
                one.username, staff_id=built.staff_ids[one.username], by=by, at=at
            )
        else:  # they never sign in here, and could: what waits for them is theirs
            people.give_account(username=one.username, staff_id=built.staff_ids[one.username], by=by, at=at)
    client_id, secret = people.add_client(
        staff.SYSTEM,
        scopes=["system/*.read", "system/*.write"],
        unit_ids=[built.unit_ids[CLINIC], built.unit_ids[staff.MONITORED]],
        by=by,
        at=at,
    )
    built.fhir = {"client_id": str(client_id), "client_secret": secret}
    return built


def give_sign_in(
    username: str, *, by: access.Actor, at: datetime, staff_id: UUID | None = None, patient_id: UUID | None = None
) -> SignIn:
    """Give somebody an account with a random password, and return both."""
    password = secrets.token_urlsafe(12)
    email = f"{username}@example.org"
    people.give_account(
        username=username, password=password, email=email, staff_id=staff_id, patient_id=patient_id, by=by, at=at
    )
    return SignIn(username, password)


def _build(built: Founded, ward: Ward, site_id: UUID, *, by: access.Actor, at: datetime) -> None:
    ward_id = estate.add_ward(name=ward.name, specialty=ward.specialty, site_id=site_id, by=by, at=at)
    built.ward_ids[ward.key] = ward_id
    built.unit_ids[ward.key] = places.ward(ward_id, viewer=by).unit_id
    for room in ward.rooms:
        ids = estate.add_room(ward_id=ward_id, name=room.name, beds=list(room.beds), by=by, at=at)
        built.bed_ids |= {(ward.key, code): bed_id for code, bed_id in zip(room.beds, ids, strict=True)}


def _employ(built: Founded, one: Colleague, organisation_id: UUID, *, by: access.Actor, at: datetime) -> None:
    staff_id = people.employ(
        given=one.given,
        family=one.family,
        prefix=one.prefix,
        title=one.title,
        email=f"{one.username}@example.org",
        organisation_id=organisation_id,
        by=by,
        at=at,
    )
    built.staff_ids[one.username] = staff_id
    people.give_role(staff_id=staff_id, role=one.role, by=by, at=at)
    for place in one.places:
        people.join_unit(staff_id=staff_id, unit_id=built.unit_ids[place], by=by, at=at)
