"""Whatever is sent, the door answers in words: never a failure of its own, never half a resource."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ehospital.fhir.serving.types import KINDS
from tests.doors.fhir.serving.conftest import Json, System, in_care
from tests.doors.fhir.serving.test_creating import EACH, everything, patient
from tests.factories import fhir as make

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

FUZZ = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ODD_TEXTS = [
    "", " ", "\0", "a\0b", "\ud800", "\u202e", "😀", "'", '"', "\\", "\\,", "|", "||", ",", ",,", "$", "%", "%00", "(",
    "*", "null", "-1", "1e400", "NaN", "0", "9" * 400, "x" * 5000, "2024", "2024-02-30", "0000-00-00", "9999-12-31",
    "ge", "ge2024-13", "2024-02-29T25:00:00Z", "2200-12-31T23:59:59.999999999+14:00", "1850", "1849", "<script>",
    "../..", "Patient/", "Patient/1", "urn:uuid:1", "http://testserver/fhir/Patient/1", "#1", "system|", "|code",
    "final", "active", "entered-in-error", "true",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=30))
LEAVES = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(allow_nan=False, allow_infinity=False),
)
JUNK = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.one_of(
    st.sampled_from(sorted({name for kind in KINDS.values() for name in kind.parameters})),
    st.sampled_from(
        ["_count", "_sort", "_cursor", "_format", "_has", "_has:Observation:patient:code", "a.b", "", ":", "x"]
    ),
    TEXTS,
)
MODIFIERS = st.sampled_from(["", ":exact", ":contains", ":not", ":Patient", ":missing", ":", ":\0"])
KIND = st.sampled_from(sorted(KINDS))


def plain(resource: Json) -> Any:
    """A resource as values that `json` writes."""
    return json.loads(make.text(resource))


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        found += paths(one, (*path, name))
    return found


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def put(value: Any, path: tuple[Any, ...], junk: Any) -> None:
    for name in path[:-1]:
        value = value[name]
    value[path[-1]] = junk


@FUZZ
@given(kind=KIND, data=st.data())
def test_a_damaged_resource_is_stored_whole_or_refused(system: System, kind: str, data: st.DataObject) -> None:
    with transaction.atomic():
        ida = in_care(system.unit_id, at=datetime.now(UTC))
        resource = plain(patient() if kind == "Patient" else EACH[kind](ida))
        for _ in range(data.draw(st.integers(1, 3))):
            places = paths(resource)
            put(resource, data.draw(st.sampled_from(places)), data.draw(JUNK))
        if data.draw(st.booleans()):
            resource[data.draw(TEXTS)] = data.draw(JUNK)
        before = everything()
        answer = system.post(kind, json.dumps(resource).encode("utf-8", "surrogatepass"))
        assert answer.status_code in (201, 400, 422), (answer.status_code, answer.content)
        assert (everything() != before) == (answer.status_code == 201)
        if answer.status_code == 201:
            key = json.loads(answer.content)["id"]
            assert system.get(f"{kind}/{key}").content == answer.content
        transaction.set_rollback(True)


@FUZZ
@given(kind=KIND, data=st.data())
def test_an_element_that_nobody_knows_is_never_dropped(system: System, kind: str, data: st.DataObject) -> None:
    with transaction.atomic():
        ida = in_care(system.unit_id, at=datetime.now(UTC))
        resource = plain(patient() if kind == "Patient" else EACH[kind](ida))
        skipped = ("text", "subject", "patient")
        places = [path for path in [(), *paths(resource)] if not path or path[0] not in skipped]
        objects = [one for one in (at(resource, path) for path in places) if isinstance(one, dict)]
        name = data.draw(st.sampled_from(["zzz", "extension", "modifierExtension", "_status", "period", "rank"]))
        target = data.draw(st.sampled_from([one for one in objects if name not in one]))
        target[name] = data.draw(st.sampled_from([0, "", "x", [], {}, [{"url": "x", "valueBoolean": True}], False]))
        before = everything()
        answer = system.post(kind, json.dumps(resource))
        assert answer.status_code == 422, (target, answer.content)
        assert everything() == before
        transaction.set_rollback(True)


@FUZZ
@given(kind=KIND, body=st.binary(max_size=300) | JUNK.map(lambda one: json.dumps(one).encode("utf-8", "replace")))
def test_bytes_that_are_no_resource_are_refused(system: System, kind: str, body: bytes) -> None:
    before = everything()
    answer = system.post(kind, body)
    assert answer.status_code in (400, 415, 422), (answer.status_code, answer.content)
    assert everything() == before


@FUZZ
@given(
    kind=KIND,
    asked=st.lists(st.tuples(NAMES, MODIFIERS, TEXTS | st.lists(TEXTS, max_size=3).map(",".join)), max_size=4),
    strict=st.booleans(),
    how=st.sampled_from(["get", "form", "exist"]),
)
def test_any_query_is_answered(
    system: System, kind: str, asked: list[tuple[str, str, str]], strict: bool, how: str
) -> None:
    from urllib.parse import urlencode

    query = urlencode([(f"{name}{modifier}", value) for name, modifier, value in asked], errors="replace")
    headers = {"Prefer": "handling=strict"} if strict else {}
    if how == "get":
        answer = system.get(f"{kind}?{query}", **headers)
    elif how == "form":
        form = "application/x-www-form-urlencoded"
        answer = system.send("post", f"{kind}/_search", data=query or "_format=json", content_type=form, **headers)
    else:
        with transaction.atomic():
            answer = system.post(kind, plain(patient()), If_None_Exist=query[:3000] or "x")
            transaction.set_rollback(True)
    assert answer.status_code in (200, 201, 400, 406, 410, 412, 422), (answer.status_code, answer.content)
    assert json.loads(answer.content)["resourceType"] in ("Bundle", "OperationOutcome", "Patient")


HEADERS = st.dictionaries(
    st.sampled_from(["Accept", "Prefer", "If_None_Match", "If_Modified_Since", "If_None_Exist", "Authorization"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60),
    max_size=4,
)


@FUZZ
@given(headers=HEADERS, key=st.text(max_size=20), kind=KIND)
@example(headers={}, key="\0", kind="Patient")
def test_any_header_and_any_id_is_answered(system: System, headers: dict[str, str], key: str, kind: str) -> None:
    from urllib.parse import quote

    answer = system.get(f"{kind}/{quote(key.encode('utf-8', 'replace'), safe='')}", **headers)
    assert answer.status_code in (200, 400, 401, 404, 406), (answer.status_code, answer.content)


@FUZZ
@given(
    form=st.dictionaries(st.sampled_from(["grant_type", "client_id", "client_secret", "scope", "x"]), TEXTS),
    basic=TEXTS,
)
def test_any_form_is_answered_at_the_token_address(system: System, form: dict[str, str], basic: str) -> None:
    import base64
    from urllib.parse import urlencode

    shown = base64.b64encode(basic.encode("utf-8", "replace")).decode()
    for headers in (
        {},
        {"Authorization": f"Basic {shown}"},
        {"Authorization": f"Basic {basic[:50].encode('ascii', 'replace').decode()}"},
    ):
        answer = system.client.post(
            "/fhir/token",
            urlencode(form, errors="replace"),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )
        assert answer.status_code in (400, 401, 429), (answer.status_code, answer.content)
        assert "error" in json.loads(answer.content)
