"""The rules of the International Patient Summary, as far as they can be told without a terminology server.

Source: HL7 FHIR IPS 1.1: Bundle-uv-ips, Composition-uv-ips, the profiles of the entries; FHIR R4 for document bundles.
"""

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

Json = dict[str, Any]
ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
LOINC = "http://loinc.org"
ALLERGIES, PROBLEMS, MEDICINES = "48765-2", "11450-4", "10160-0"
IMMUNISATIONS, RESULTS, PROCEDURES, DEVICES = "11369-6", "30954-2", "47519-4", "46264-8"
REQUIRED = {PROBLEMS, ALLERGIES, MEDICINES}
RECOMMENDED = {IMMUNISATIONS, RESULTS, PROCEDURES, DEVICES}
# Which resources a section may hold.
ENTRIES = {
    PROBLEMS: {"Condition"},
    ALLERGIES: {"AllergyIntolerance"},
    MEDICINES: {"MedicationStatement", "MedicationRequest"},
    IMMUNISATIONS: {"Immunization"},
    RESULTS: {"Observation", "DiagnosticReport"},
    PROCEDURES: {"Procedure"},
    DEVICES: {"DeviceUseStatement"},
    "8716-3": {"Observation"},
    "29762-2": {"Observation"},
    "10162-6": {"Observation"},
    "18776-5": {"CarePlan"},
    "104605-1": {"Flag"},
    "42348-3": {"Flag", "Consent"},
}
# What a resource of the summary cannot do without; "[x]" is any type, or the reason why it is absent.
MUST = {
    "Patient": ("name", "birthDate"),
    "Organization": ("name",),
    "Composition": ("status", "type", "subject", "date", "author", "title", "section"),
    "Condition": ("clinicalStatus", "code", "subject"),
    "AllergyIntolerance": ("clinicalStatus", "code", "patient"),
    "MedicationStatement": ("status", "medicationCodeableConcept", "subject", "effective[x]"),
    "MedicationRequest": ("status", "intent", "medicationCodeableConcept", "subject"),
    "Immunization": ("status", "vaccineCode", "patient", "occurrence[x]"),
    "Procedure": ("status", "code", "subject", "performed[x]"),
    "Observation": ("status", "category", "code", "subject", "effective[x]", "performer"),
    "DeviceUseStatement": ("status", "subject", "timing[x]", "device"),
    "Device": ("type", "patient"),
    "CarePlan": ("status", "intent", "subject"),
    "Goal": ("lifecycleStatus", "description", "subject"),
    "Flag": ("status", "code", "subject"),
}
_ID = re.compile(r"^[A-Za-z0-9\-.]{1,64}$")
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


def problems(document: Json) -> list[str]:
    """Everything that is wrong with a document; empty when it keeps the rules."""
    entries = document.get("entry", [])
    resources = {one["fullUrl"]: one["resource"] for one in entries}
    composition = entries[0]["resource"] if entries else {}
    return [
        *_bundle(document, entries),
        *_composition(composition, resources),
        *(wrong for one in resources.values() for wrong in _resource(one)),
        *_references(document, set(resources)),
        *_reached(composition, resources),
        *_empty(document, "Bundle"),
    ]


def sections(document: Json) -> dict[str, Json]:
    """The sections by their code."""
    return {one["code"]["coding"][0]["code"]: one for one in document["entry"][0]["resource"]["section"]}


def held(document: Json, code: str) -> list[Json]:
    """The resources of a section."""
    resources = {one["fullUrl"]: one["resource"] for one in document["entry"]}
    return [resources[one["reference"]] for one in sections(document)[code].get("entry", [])]


def _bundle(document: Json, entries: list[Json]) -> list[str]:
    wrong = []
    if (document.get("resourceType"), document.get("type")) != ("Bundle", "document"):
        wrong.append("is no document")
    if not document.get("identifier", {}).get("system") or not document["identifier"].get("value"):
        wrong.append("bdl-9: a document has an identifier with system and value")
    if not _INSTANT.match(document.get("timestamp", "")):
        wrong.append("bdl-10: a document has a timestamp")
    if not entries or entries[0]["resource"]["resourceType"] != "Composition":
        wrong.append("bdl-11: the first resource is a Composition")
    urls = [one.get("fullUrl") for one in entries]
    if len(set(urls)) != len(urls) or any(not url for url in urls):
        wrong.append("bdl-7: every fullUrl is there and once only")
    wrong += [
        f"{one['fullUrl']} is not the URN of its id"
        for one in entries
        if not one["fullUrl"].endswith(one["resource"]["id"])
    ]
    if sum(one["resource"]["resourceType"] == "Patient" for one in entries) != 1:
        wrong.append("is about one patient")
    return wrong


def _composition(composition: Json, resources: dict[str, Json]) -> list[str]:
    wrong = []
    if composition.get("type", {}).get("coding", [{}])[0].get("code") != "60591-5":
        wrong.append("Composition.type is 60591-5")
    found = [one["code"]["coding"][0] for one in composition.get("section", [])]
    codes = [one["code"] for one in found]
    wrong += [f"section {code} is missing" for code in sorted((REQUIRED | RECOMMENDED) - set(codes))]
    wrong += [f"section {code} is there twice" for code in set(codes) if codes.count(code) > 1]
    wrong += [f"section {one['code']} is not coded in LOINC" for one in found if one.get("system") != LOINC]
    for section in composition.get("section", []):
        wrong += _section(section, resources)
    return wrong


def _section(section: Json, resources: dict[str, Json]) -> list[str]:
    code = section["code"]["coding"][0]["code"]
    wrong = [] if section.get("title") else [f"section {code} has no title"]
    wrong += [f"section {code}: {one}" for one in _narrative(section.get("text", {}))]
    entries = section.get("entry", [])
    if bool(entries) == bool(section.get("emptyReason")):
        wrong.append(f"section {code}: cmp-2: either entries, or the reason why there are none")
    if code in REQUIRED and not entries:
        wrong.append(f"section {code} says nothing in codes")
    kinds = {resources.get(one["reference"], {}).get("resourceType") for one in entries}
    wrong += [f"section {code} may not hold {kind}" for kind in kinds - ENTRIES[code]]
    told = [resources[one["reference"]] for one in entries if one["reference"] in resources]
    if len(told) > 1 and any("-info" in code for one in told for code in _absent(one)):
        wrong.append(f"section {code} says that nothing is known, and holds something")
    return wrong


def _absent(resource: Json) -> list[str]:
    concepts = [value for value in resource.values() if isinstance(value, dict)]
    codings = [coding for one in concepts for coding in one.get("coding", [])]
    return [one["code"] for one in codings if one.get("system") == ABSENT]


def _narrative(text: Json) -> list[str]:
    if text.get("status") not in ("generated", "extensions", "additional"):
        return ["has no narrative"]
    try:
        root = ElementTree.fromstring(text["div"])
    except ElementTree.ParseError as error:
        return [f"its narrative is no XHTML: {error}"]
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    allowed = {"div", "p", "table", "tbody", "tr", "td", "th", "thead", "ul", "li", "b", "br"}
    wrong = [f"its narrative holds <{tag}>" for tag in tags - allowed]
    wrong += ["its narrative has attributes" for one in root.iter() if one.attrib]
    return wrong if "".join(root.itertext()).strip() else [*wrong, "its narrative says nothing"]


def _resource(resource: Json) -> list[str]:
    kind = resource["resourceType"]
    wrong = [] if _ID.match(resource.get("id", "")) else [f"{kind}.id is none"]
    for name in MUST.get(kind, ("resourceType unknown to the summary",)):
        stem = name.removesuffix("[x]")
        present = [key for key in resource if key.removeprefix("_").startswith(stem)]
        if stem == name:
            present = [key for key in resource if key.removeprefix("_") == name]
        if not present:
            wrong.append(f"{kind}.{name} is missing")
        if name.endswith("[x]") and len({one.removeprefix("_") for one in present}) > 1:
            wrong.append(f"{kind}.{name} is there twice: {present}")
    return wrong


def _references(value: Any, urls: set[str]) -> list[str]:
    if isinstance(value, list):
        return [wrong for one in value for wrong in _references(one, urls)]
    if not isinstance(value, dict):
        return []
    own = value.get("reference")
    wrong = [f"{own} leads nowhere"] if isinstance(own, str) and own not in urls else []
    return [*wrong, *(one for inner in value.values() for one in _references(inner, urls))]


def _reached(composition: Json, resources: dict[str, Json]) -> list[str]:
    """Every resource of a document is reached from its Composition."""
    seen: set[str] = set()
    new = set(_urls(composition))
    while new:
        seen |= new
        new = {url for one in new for url in _urls(resources.get(one, {}))} - seen
    own = f"urn:uuid:{composition.get('id')}"
    return [f"{resources[url]['resourceType']} {url} is reached from nowhere" for url in set(resources) - seen - {own}]


def _urls(value: Any) -> list[str]:
    if isinstance(value, list):
        return [url for one in value for url in _urls(one)]
    if not isinstance(value, dict):
        return []
    own = [value["reference"]] if isinstance(value.get("reference"), str) else []
    return [*own, *(url for one in value.values() for url in _urls(one))]


def _empty(value: Any, path: str) -> list[str]:
    """FHIR knows no empty object, list or text."""
    if value in ("", [], {}) or value is None:
        return [f"{path} is empty"]
    if isinstance(value, dict):
        return [wrong for name, one in value.items() for wrong in _empty(one, f"{path}.{name}")]
    if isinstance(value, list):
        return [wrong for place, one in enumerate(value) for wrong in _empty(one, f"{path}[{place}]")]
    return []
