"""Practitioner, Organization and Location: who and what the records of others name."""

from ehospital.fhir.elements import Element
from ehospital.people.details import OrganisationDetails, StaffDetails

Numbers = tuple[tuple[str, str], ...]


def read_practitioner(resource: Element) -> tuple[StaffDetails, Numbers]:
    """Return a member of staff outside, and the numbers by which references name them; a name is needed."""
    names = resource.children("name")
    name = names[0] if names else None
    given = " ".join(name.texts("given", 200))[:200] if name else ""
    family, text = (name.text("family", 200), name.text("text", 250)) if name else ("", "")
    prefix = " ".join(name.texts("prefix", 60))[:60] if name else ""
    words = " ".join(part for part in (prefix, given, family) if part) or text
    if not words:
        raise resource.refuse("name", "is missing")
    numbers = _numbers(resource)
    titles = [one.words("code", 120) for one in resource.children("qualification")]
    details = StaffDetails(
        name_text=words[:250],
        prefix=prefix,
        given=given,
        family=family,
        title=next((title for title in titles if title), ""),
        identifier=numbers[0][1][:200] if numbers else "",
        phone=_phone(resource),
        active=resource.flag("active") is not False,
    )
    return details, numbers


def read_organisation(resource: Element) -> tuple[OrganisationDetails, Numbers]:
    """Return an organisation and its numbers; a name is needed."""
    name = resource.text("name", 250)
    if not name:
        raise resource.refuse("name", "is missing")
    numbers = _numbers(resource)
    details = OrganisationDetails(
        name=name,
        kind=resource.words("type", 120),
        identifier=numbers[0][1][:200] if numbers else "",
        phone=_phone(resource),
        address=_address(resource.children("address")),
        active=resource.flag("active") is not False,
    )
    return details, numbers


def read_location(resource: Element) -> tuple[OrganisationDetails, Numbers]:
    """Return a place as an organisation of the kind "place": that is where the records of others speak of it."""
    name = resource.text("name", 250)
    if not name:
        raise resource.refuse("name", "is missing")
    numbers = _numbers(resource)
    address = resource.child("address")
    details = OrganisationDetails(
        name=name,
        kind=("place: " + (resource.words("type", 100) or resource.words("physicalType", 100))).rstrip(": "),
        identifier=numbers[0][1][:200] if numbers else "",
        phone=_phone(resource),
        address=_address([address] if address else []),
        active=resource.text("status", 20) != "inactive",
    )
    return details, numbers


def _numbers(resource: Element) -> Numbers:
    found = []
    for one in resource.children("identifier"):
        system, value = one.text("system"), one.text("value")
        if value and len(system) <= 250 and len(value) <= 250:
            found.append((system, value))
    return tuple(dict.fromkeys(found))


def _phone(resource: Element) -> str:
    phones = [one.text("value", 60) for one in resource.children("telecom") if one.text("system", 20) == "phone"]
    return phones[0] if phones else ""


def _address(addresses: list[Element]) -> str:
    if not addresses:
        return ""
    first = addresses[0]
    town = " ".join(part for part in (first.text("postalCode", 20), first.text("city", 120)) if part)
    lines = [*first.texts("line", 250), town, first.text("state", 120), first.text("country", 60)]
    return "\n".join(line for line in lines if line) or first.text("text", 1000)
