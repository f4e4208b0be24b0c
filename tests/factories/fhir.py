"""Made-up FHIR resources, in the shapes that real senders use; nobody in them exists."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

ROOT = UUID("0b9c2f5e-0000-4000-8000-00000000f41e")
SNOMED, LOINC, UCUM = "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"
RXNORM, NPI = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/us-npi"
STATUS = "http://terminology.hl7.org/CodeSystem/"
Json = dict[str, Any]


def key(name: str) -> str:
    """A stable id for a name."""
    return str(uuid5(ROOT, name))


def urn(name: str) -> Json:
    """A reference as bundles write it."""
    return {"reference": f"urn:uuid:{key(name)}"}


def coded(system: str, code: str, words: str) -> Json:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def patient(name: str = "ida", /, **more: Any) -> Json:
    """A patient with everything that registration keeps."""
    return {
        "resourceType": "Patient",
        "id": key(name),
        "extension": [{"url": "http://example.org/race", "valueString": "x"}],
        "identifier": [
            {"system": "urn:test:number", "value": f"N-{name}", "type": {"coding": [{"code": "MR"}]}},
            {"system": "urn:test:licence", "value": f"L-{name}"},
        ],
        "name": [
            {"use": "official", "family": "Solberg", "given": [name.title(), "Marie"], "prefix": ["Ms."]},
            {"use": "maiden", "family": "Lund", "given": [name.title()]},
        ],
        "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}],
        "gender": "female",
        "birthDate": "1961-04-02",
        "address": [{"line": ["1 Main Street", "Flat 2"], "city": "Bergen", "postalCode": "5003", "country": "NO"}],
        "contact": [{"name": {"text": "Jon Solberg"}, "relationship": [{"coding": [{"code": "N", "display": "Kin"}]}]}],
        "communication": [{"language": {"coding": [{"code": "nb"}]}}],
        "maritalStatus": {"text": "Married"},
        **more,
    }


def practitioner(name: str = "house", **more: Any) -> Json:
    """A clinician outside."""
    return {
        "resourceType": "Practitioner",
        "id": key(name),
        "identifier": [{"system": NPI, "value": f"77-{name}"}],
        "name": [{"family": name.title(), "given": ["Greta"], "prefix": ["Dr."]}],
        **more,
    }


def organisation(name: str = "clinic", **more: Any) -> Json:
    """An organisation outside."""
    number = [{"system": "urn:test:organisations", "value": f"O-{name}"}]
    return {"resourceType": "Organization", "id": key(name), "identifier": number, "name": name.upper(), **more}


def about(kind: str, name: str, who: str, **more: Any) -> Json:
    """A resource about a patient of the same bundle."""
    field = "patient" if kind in ("AllergyIntolerance", "Immunization", "FamilyMemberHistory") else "subject"
    return {"resourceType": kind, "id": key(f"{who} {name}"), field: urn(who), **more}


def observation(name: str, who: str, value: str = "5.40", **more: Any) -> Json:
    """A potassium; `value` is written into the JSON digit by digit."""
    return about(
        "Observation",
        name,
        who,
        status="final",
        category=[coded(f"{STATUS}observation-category", "laboratory", "Laboratory")],
        code=coded(LOINC, "2823-3", "Potassium"),
        encounter=urn(f"{who} visit"),
        effectiveDateTime="2024-03-01T10:00:00+01:00",
        **{
            "issued": "2024-03-01T12:00:00+01:00",
            "valueQuantity": {"value": Digits(value), "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
            **more,
        },
    )


WHEN = "2024-03-01T10:00:00+01:00"


def chart(who: str = "ida") -> list[Json]:
    """One resource of every type that a chart keeps, and two observations."""
    visit = {"encounter": urn(f"{who} visit")}
    return [
        encounter(who),
        about("Condition", "asthma", who, code=coded(SNOMED, "195967001", "Asthma"), onsetDateTime="1980", **visit)
        | {"clinicalStatus": coded(f"{STATUS}condition-clinical", "active", "Active")},
        allergy(who),
        observation("potassium", who),
        pressure(who),
        about("DiagnosticReport", "panel", who, status="final", code=coded(LOINC, "51990-0", "Basic panel"), **visit)
        | {"effectiveDateTime": WHEN, "result": [urn(f"{who} potassium")], "conclusion": "Normal"},
        about("Procedure", "x-ray", who, status="completed", code=coded(SNOMED, "399208008", "Chest X-ray"), **visit)
        | {"performedPeriod": {"start": WHEN}, "reasonReference": [urn(f"{who} asthma")]},
        about("Immunization", "flu", who, status="completed", occurrenceDateTime="2023-10-05", **visit)
        | {"vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "140", "Flu")},
        prescription(who),
        care_plan(who),
        about("Goal", "goal", who, lifecycleStatus="active", description={"text": "No attacks"}),
        letter(who),
        about("Flag", "falls", who, status="active", code={"text": "Falls at night"}, period={"start": WHEN}),
    ]


def encounter(who: str) -> Json:
    """A visit to the clinic."""
    period = {"start": WHEN, "end": "2024-03-01T11:00:00+01:00"}
    found = about("Encounter", "visit", who, status="finished", period=period, serviceProvider=urn("clinic"))
    kind = [coded(SNOMED, "185349003", "Check-up")]
    return found | {"class": {"code": "AMB"}, "type": kind, "participant": [{"individual": urn("house")}]}


def allergy(who: str) -> Json:
    """A food allergy with one reaction."""
    reaction = [{"manifestation": [coded(SNOMED, "126485001", "Urticaria")], "severity": "severe"}]
    found = about("AllergyIntolerance", "nuts", who, code=coded(SNOMED, "91934008", "Nuts"), reaction=reaction)
    status = coded(f"{STATUS}allergyintolerance-clinical", "active", "Active")
    return found | {"clinicalStatus": status, "category": ["food"], "criticality": "high", "recordedDate": "2001-05"}


def pressure(who: str) -> Json:
    """A blood pressure: a panel of two parts."""
    parts = [
        {"code": coded(LOINC, "8480-6", "Systolic"), "valueQuantity": {"value": Digits("120"), "unit": "mm[Hg]"}},
        {"code": coded(LOINC, "8462-4", "Diastolic"), "valueQuantity": {"value": Digits("80"), "unit": "mm[Hg]"}},
    ]
    kind = [coded(f"{STATUS}observation-category", "vital-signs", "Vital signs")]
    found = about("Observation", "pressure", who, status="final", code=coded(LOINC, "85354-9", "Blood pressure"))
    return found | {"category": kind, "effectiveDateTime": WHEN, "component": parts, "encounter": urn(f"{who} visit")}


def prescription(who: str) -> Json:
    """A prescription with dosage in words and structure."""
    dosage = [{"text": "one a day", "doseAndRate": [{"doseQuantity": {"value": Digits("1.50")}}]}]
    found = about("MedicationRequest", "ramipril", who, status="active", intent="order", authoredOn=WHEN)
    medicine = coded(RXNORM, "261962", "Ramipril 5 MG Oral Capsule")
    found |= {"medicationCodeableConcept": medicine, "requester": urn("house"), "encounter": urn(f"{who} visit")}
    return found | {"dosageInstruction": dosage}


def care_plan(who: str) -> Json:
    """A plan with one activity and one goal."""
    activity = [{"detail": {"code": coded(SNOMED, "2", "Inhale"), "status": "in-progress"}}]
    found = about("CarePlan", "plan", who, status="active", intent="plan", goal=[urn(f"{who} goal")])
    kind = [coded(SNOMED, "1", "Asthma self care")]
    return found | {"category": kind, "addresses": [urn(f"{who} asthma")], "activity": activity}


def letter(who: str) -> Json:
    """A letter with its text inside."""
    content = [{"attachment": {"contentType": "text/plain", "data": "RGVhciBjb2xsZWFndWU="}}]
    found = about("DocumentReference", "letter", who, status="current", type=coded(LOINC, "34117-2", "History"))
    return found | {"date": WHEN, "content": content, "context": {"encounter": [urn(f"{who} visit")]}}


def relative(who: str) -> Json:
    """A mother with two conditions, of one of which she died."""
    conditions = [
        {"code": coded(SNOMED, "22298006", "Heart attack"), "onsetAge": {"value": 61, "unit": "years", "code": "a"}},
        {"code": coded(SNOMED, "44054006", "Diabetes"), "contributedToDeath": True, "note": [{"text": "On insulin."}]},
    ]
    kin = {"coding": [{"system": f"{STATUS}v3-RoleCode", "code": "MTH"}]}
    found = about("FamilyMemberHistory", "mother", who, status="completed", relationship=kin, condition=conditions)
    return found | {"deceasedAge": {"value": 70, "unit": "years", "code": "a"}, "date": WHEN}


def pregnancy(who: str) -> Json:
    """A pregnancy as this hospital writes one."""
    ours = "urn:ehospital:pregnancy"
    parts = [
        {"code": coded(LOINC, "8665-2", "Last period"), "valueDateTime": "1989-01-05"},
        {"code": coded(ours, "ended", "End"), "valueDateTime": "1989-10"},
        {"code": coded(LOINC, "49051-6", "Weeks"), "valueQuantity": {"value": 39, "unit": "weeks"}},
        {"code": coded(ours, "children", "Children"), "valueInteger": 2},
        {"code": coded(ours, "delivery", "Delivery"), "valueCodeableConcept": coded(ours, "caesarean", "Caesarean")},
    ]
    found = about("Observation", "twins", who, status="final", code=coded(ours, "pregnancy", "Pregnancy"))
    value = coded(ours, "live-birth", "Live birth")
    return found | {"issued": WHEN, "valueCodeableConcept": value, "component": parts, "performer": [urn("house")]}


def bundle(resources: list[Json]) -> Json:
    """A bundle whose URLs are URNs of the ids."""
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def whole(who: str = "ida", /, **more: Any) -> Json:
    """The bundle of one patient, with clinician, organisation and a claim."""
    claim = about("Claim", "claim", who, status="active")
    return bundle([patient(who, **more), organisation(), practitioner(), *chart(who), claim])


@dataclass(frozen=True)
class Digits:
    """A number that JSON writes with exactly these digits."""

    digits: str


def text(value: Any) -> str:
    """JSON in which `Digits` keep theirs."""
    if isinstance(value, Digits):
        return value.digits
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{text(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text(one) for one in value) + "]"
    return json.dumps(value)


def write(path: Path, value: Any) -> Path:
    """Write JSON to a file and return its path."""
    path.write_text(text(value))
    return path


def write_lines(path: Path, values: list[Any]) -> Path:
    """Write JSON, a value a line."""
    path.write_text("".join(text(value) + "\n" for value in values))
    return path
