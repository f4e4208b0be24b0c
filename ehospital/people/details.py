"""What is told about a patient at registration: plain values, the same from a form, an import or a simulator."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class NameDetails:
    """One name; at least a given or a family name."""

    given: str = ""
    family: str = ""
    use: str = "official"
    prefix: str = ""
    suffix: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class IdentifierDetails:
    """A number and its issuer's URI."""

    system: str
    value: str
    kind: str = ""


@dataclass(frozen=True)
class TelecomDetails:
    """A telephone number or e-mail address."""

    kind: str
    value: str
    use: str = ""


@dataclass(frozen=True)
class AddressDetails:
    """An address; `lines` holds the street lines, separated by new lines."""

    lines: str = ""
    city: str = ""
    district: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    use: str = ""


@dataclass(frozen=True)
class ContactDetails:
    """Next of kin or another person to call."""

    name: str
    relationship: str = ""
    phone: str = ""
    next_of_kin: bool = False


@dataclass(frozen=True)
class PatientDetails:
    """Everything that registration knows of one person."""

    names: tuple[NameDetails, ...]
    sex: str = "unknown"
    birth_on: date | None = None
    birth_precision: str = "unknown"
    identifiers: tuple[IdentifierDetails, ...] = ()
    telecoms: tuple[TelecomDetails, ...] = ()
    addresses: tuple[AddressDetails, ...] = ()
    contacts: tuple[ContactDetails, ...] = ()
    deceased: bool = False
    deceased_at: datetime | None = None
    language: str = ""
    interpreter_needed: bool = False
    communication_needs: str = ""
    marital_status: str = ""
    mother_id: UUID | None = None
    active: bool = True


@dataclass(frozen=True)
class OrganisationDetails:
    """A hospital, a practice or a place that the records of others name."""

    name: str
    kind: str = ""
    identifier: str = ""
    phone: str = ""
    address: str = ""
    active: bool = True


@dataclass(frozen=True)
class StaffDetails:
    """A clinician outside whom the records of others name."""

    name_text: str
    prefix: str = ""
    given: str = ""
    family: str = ""
    title: str = ""
    identifier: str = ""
    phone: str = ""
    email: str = ""
    active: bool = True
