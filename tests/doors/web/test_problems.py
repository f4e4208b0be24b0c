"""Problems and allergies written on the pages."""

from datetime import datetime

import pytest

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import Moment
from ehospital.clinical.models import Allergy, NoKnownAllergies, Problem
from ehospital.kernel.codes import ICD10, SNOMED, Code
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import monitoring as wards
from tests.factories import people
from tests.factories.clinical import problem

pytestmark = pytest.mark.django_db
GOUT = {"words": "Gout", "status": "active", "verification": "confirmed"}
NUTS = {"words": "Nuts", "status": "active", "verification": "confirmed"}


def test_a_problem_is_added_changed_and_resolved(nurse: SignedIn, chart: str) -> None:
    typed = {**GOUT, "icd10": "m10.9", "onset": "05-2001", "severity": "mild"}
    answer = nurse.client.post(chart + "problems/add/", typed, follow=True)
    assert answer.redirect_chain == [(chart + "history/#problems", 302)]
    page = answer.content.decode()
    assert "Gout" in page and "M10.9" in page and "May-2001" in page and "not coded" not in page
    row = Problem.objects.get()
    assert (row.code_system, row.code, row.onset_precision) == (ICD10, "M10.9", "month")
    again = nurse.client.post(chart + "problems/add/", typed)
    assert again.status_code == 422 and "on the list already" in again.content.decode()

    address = f"{chart}problems/{row.pk}/"
    assert 'value="05-2001"' in nurse.client.get(address).content.decode()
    nurse.client.post(address, {**typed, "words": "Gout of the toe", "icd10": "", "version": "1"})
    row.refresh_from_db()
    assert (row.display, row.code, row.code_system, row.version) == ("Gout of the toe", "", "", 2)
    assert "not coded" in nurse.client.get(chart + "history/").content.decode()

    assert nurse.client.post(address + "resolve/", {"abated": "2000", "version": "2"}).status_code == 422
    assert nurse.client.post(address + "resolve/", {"abated": "", "version": "1"}).status_code == 422
    nurse.client.post(address + "resolve/", {"abated": "2003", "version": "2"})
    row.refresh_from_db()
    assert (row.status, row.abated_precision, row.version) == ("resolved", "year", 3)


def test_the_second_editor_sees_the_first_ones_change_beside_their_own(nurse: SignedIn, chart: str) -> None:
    nurse.client.post(chart + "problems/add/", GOUT)
    address = f"{chart}problems/{Problem.objects.get().pk}/"
    nurse.client.post(address, {**GOUT, "note": "first <b>", "severity": "severe", "version": "1"})
    answer = nurse.client.post(address, {**GOUT, "note": "second", "version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    shown = [(one.label, one.stands, one.typed) for one in answer.context["differences"]]
    assert [tuple(map(str, one)) for one in shown] == [("Severity", "Severe", ""), ("Remarks", "first <b>", "second")]
    assert "first &lt;b&gt;" in page and 'name="version" value="2"' in page and "Tove Berg-nurse" in page
    assert Problem.objects.get().note == "first <b>"
    nurse.client.post(address, {**GOUT, "note": "both", "severity": "severe", "version": "2"})
    assert Problem.objects.get().note == "both"
    for odd in ("", "x", "9" * 30, "-1"):
        assert nurse.client.post(address, {**GOUT, "version": odd}).status_code == 422


def test_codes_that_the_form_does_not_show_fall_only_with_their_words(
    nurse: SignedIn, chart: str, ward: wards.WardOfTests, now: datetime
) -> None:
    details = problem("", other_codes=(Code(ICD10, "M10.9", "Gout"),), onset=Moment(now))
    details = type(details)(**{**_fields(details), "code": Code(SNOMED, "90560007", "Gout")})
    key = clinical.record_problem(ward.patient_ids[0], details, by=people.machinery(now), at=now)
    address = f"{chart}problems/{key}/"
    page = nurse.client.get(address).content.decode()
    assert 'value="M10.9"' in page and "90560007" in page
    onset = now.strftime("%d-%m-%Y")
    nurse.client.post(address, {**GOUT, "icd10": "M10.9", "onset": onset, "severity": "mild", "version": "1"})
    row = Problem.objects.get()
    assert (row.code, row.onset_at, row.severity) == ("90560007", now, "mild")
    nurse.client.post(address, {**GOUT, "icd10": "M10.0", "version": "2"})
    row = Problem.objects.get()
    assert (row.code, row.other_codes) == ("M10.0", [[SNOMED, "90560007", "Gout"]])
    nurse.client.post(address, {**GOUT, "words": "Old gout", "icd10": "M10.0", "version": "3"})
    row = Problem.objects.get()
    assert (row.code, row.display, row.other_codes) == ("M10.0", "Old gout", [])


def _fields(details: object) -> dict[str, object]:
    return {name: getattr(details, name) for name in details.__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"words": ""}, "This field is required"),
        ({"words": "x" * 1001}, "at most 1000 characters"),
        ({"onset": "31-02-2020"}, "This is no date"),
        ({"onset": "01-01-2999"}, "lies in the past"),
        ({"onset": "0000"}, "This is no date"),
        ({"onset": "9999"}, "lies in the past"),
        ({"onset": "01-01-0001"}, ""),
        ({"icd10": "gout"}, "no code of ICD-10"),
        ({"status": "entered-in-error"}, "Select a valid choice"),
        ({"verification": "entered-in-error"}, "Select a valid choice"),
        ({"onset": "2020", "abated": "2010", "status": "resolved"}, "before it began"),
        ({"abated": "2010"}, "is not active"),
    ],
)
def test_a_slip_is_caught_and_nothing_typed_is_lost(
    nurse: SignedIn, chart: str, typed: dict[str, str], words: str
) -> None:
    answer = nurse.client.post(chart + "problems/add/", {**GOUT, "note": "my remark", **typed})
    if words:
        assert answer.status_code == 422
        assert words in answer.content.decode() and "my remark" in answer.content.decode()
        assert not Problem.objects.exists()
    else:
        assert answer.status_code in (302, 422)


def test_an_allergy_is_added_changed_and_ends_the_statement(nurse: SignedIn, chart: str) -> None:
    nurse.client.post(chart + "allergies/none-known/", {"scope": "all"})
    assert "No known allergies" in nurse.client.get(chart + "history/").content.decode()
    typed = {**NUTS, "categories": ["food"], "reaction": "rash, swelling , rash", "reaction_severity": "severe"}
    page = nurse.client.post(chart + "allergies/add/", typed, follow=True).content.decode()
    assert "Nuts" in page and "swelling" in page
    row = Allergy.objects.get()
    assert [list(one.manifestations) for one in row.reactions.all()] == [["rash", "swelling"]]
    assert NoKnownAllergies.objects.get().ended_at is not None
    assert nurse.client.get(chart).context["head"].banner.allergies[0].severity == "severe"
    assert nurse.client.post(chart + "allergies/add/", typed).status_code == 422
    answer = nurse.client.post(chart + "allergies/none-known/", {"scope": "food"})
    assert answer.status_code == 422 and "contradicts" in answer.content.decode()

    address = f"{chart}allergies/{row.pk}/"
    assert 'value="rash, swelling"' in nurse.client.get(address).content.decode()
    nurse.client.post(address, {**typed, "reaction": "rash", "criticality": "high", "version": "1"})
    row.refresh_from_db()
    assert (row.criticality, row.version) == ("high", 2)
    answer = nurse.client.post(address, {**typed, "version": "1"})
    assert [str(one.label) for one in answer.context["differences"]] == ["What happens", "Danger of the next contact"]
    nurse.client.post(address, {**typed, "status": "resolved", "version": "2"})
    nurse.client.post(chart + "allergies/none-known/", {"scope": "all"})
    assert NoKnownAllergies.objects.filter(ended_at=None).count() == 1
    assert nurse.client.post(chart + "allergies/none-known/", {"scope": "stars"}).status_code == 422


WRITES = ("problems/add/", "problems/{problem}/", "problems/{problem}/resolve/", "allergies/add/",
          "allergies/none-known/", "allergies/{allergy}/")  # fmt: skip


@pytest.mark.parametrize("path", WRITES)
def test_nobody_else_writes(path: str, nurse: SignedIn, chart: str, ward: wards.WardOfTests, sign_in: SignIn) -> None:
    nurse.client.post(chart + "problems/add/", GOUT)
    nurse.client.post(chart + "allergies/add/", NUTS)
    keys = {"problem": Problem.objects.get().pk, "allergy": Allergy.objects.get().pk}
    own = path.format(**keys)
    before = [list(table.objects.values()) for table in (Problem, Allergy, NoKnownAllergies)]
    stranger, pharmacist = sign_in(Role.DOCTOR), sign_in(Role.PHARMACIST, unit_id=ward.unit_id)
    for method in ("get", "post"):
        assert getattr(stranger.client, method)(chart + own, {**GOUT, "version": "1"}).status_code == 404
        assert getattr(pharmacist.client, method)(chart + own, {**GOUT, "version": "1"}).status_code == 403
    other = f"/staff/patients/{ward.patient_ids[1]}/"
    if "{" in path:
        assert nurse.client.post(other + own, {**GOUT, "version": "1"}).status_code == 404
    assert [list(table.objects.values()) for table in (Problem, Allergy, NoKnownAllergies)] == before
    assert own not in pharmacist.client.get(chart + "history/").content.decode()
