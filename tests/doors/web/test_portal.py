"""The patients' pages: everything of one's own, nothing of anybody else, and every look on record."""

import re
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ehospital.clinical import actions, queries
from ehospital.clinical.models import Document
from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent, KeptFile
from ehospital.people.access import Role
from ehospital.people.models import Patient
from ehospital.web.portal.plain_results import key_of
from tests.doors.web.conftest import PASSWORD, SignIn
from tests.factories import clinical, pdfs, portal
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

POTASSIUM = key_of("http://loinc.org|2823-3")
PAGES = {
    "/portal/": "summary",
    "/portal/record/": "whole record",
    "/portal/record/print/": "whole record",
    "/portal/record/results/": "results",
    f"/portal/record/results/{POTASSIUM}/": "results",
    "/portal/record/problems/": "problems",
    "/portal/record/medicines/": "medicines",
    "/portal/record/vaccinations/": "immunisations",
    "/portal/record/visits/": "encounters",
    "/portal/record/procedures/": "procedures",
    "/portal/record/documents/": "documents",
    "/portal/record/plans/": "care plans",
}


def entered(username: str) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/"), answer.content.decode()[:2000]
    return client


@pytest.fixture
def amina(db: None) -> UUID:
    """A patient with an account and a full record."""
    key = portal.portal_patient("amina", PASSWORD)
    portal.fill(key)
    return key


@pytest.fixture
def me(amina: UUID) -> Client:
    """Her browser, signed in through the real form."""
    return entered("amina")


@pytest.fixture
def stranger(db: None) -> Client:
    """Another patient, signed in, whose record is empty."""
    portal.portal_patient("hamid", PASSWORD, given="Hamid", family="Karimi", street="9 Mill Road")
    return entered("hamid")


def text_of(html: str) -> str:
    """What a person reads: no tags, single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)).split())


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return text_of(answer.content.decode())


@pytest.mark.parametrize(("address", "part"), PAGES.items())
def test_every_page_is_one_look_on_record_and_few_questions(me: Client, amina: UUID, address: str, part: str) -> None:
    before = AuditEvent.objects.count()
    with CaptureQueriesContext(connection) as asked:
        answer = me.get(address)
    assert answer.status_code == 200
    questions = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(questions) <= 25, [question[:120] for question in questions]
    events = AuditEvent.objects.order_by("id")[before:]
    told = [(one.action, one.actor_kind, one.patient_id, one.details) for one in events]
    assert told == [("chart.read", "patient", amina, {"part": part})]
    assert "no-store" in answer["Cache-Control"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_a_long_record_takes_no_more_questions(me: Client, amina: UUID) -> None:
    clinical.long_stay(amina, observations=600, concepts=120)
    for address in ("/portal/", "/portal/record/", "/portal/record/results/", "/portal/record/print/"):
        with CaptureQueriesContext(connection) as asked:
            assert me.get(address).status_code == 200
        assert len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 25


def test_the_first_page_says_what_matters_now(me: Client) -> None:
    page = read(me, "/portal/")
    assert "Hello, Amina" in page
    assert "You are with us now" in page
    assert "Pneumonia" in page
    assert (
        "Potassium A salt that your heart and muscles need. 5.6 mmol/L Usual: 3.5 – 5.3 mmol/L higher than usual"
        in page
    )
    assert "Blood pressure" in page
    assert "141/88 mmHg" in page
    assert "Metformin hydrochloride 500 mg tablets 1 tablet twice a day with meals" in page
    assert "Salbutamol 100 micrograms inhaler paused only when needed How to take it is not written here." in page
    assert "Penicillin can be dangerous severe Hives" in page
    assert "Follow-up visit" in page
    assert "Never smoked" not in page
    assert "Amoxicillin" not in page


def test_nothing_written_down_never_reassures(stranger: Client) -> None:
    page = read(stranger, "/portal/")
    assert "Allergies not recorded" in page
    assert "That does not mean that you have none" in page
    assert "No known allergies" not in page
    assert "No medicine is written down here. If you take any" in page
    assert "No visit is planned in your record." in page
    for address in PAGES:
        if "results/" not in address or address.endswith("results/"):
            read(stranger, address)


def test_known_to_have_none_is_said_with_its_day(stranger: Client) -> None:
    key = Patient.objects.get(name_text="KARIMI, Hamid").id
    carer = clinical.carer(key)
    actions.state_no_known_allergies(key, scope="medication", by=carer.actor, at=NOON)
    page = read(stranger, "/portal/")
    assert "Allergies not recorded" in page
    assert "You were asked about medicines: no allergies to them are known. (Monday 2 March 2026)" in page
    actions.state_no_known_allergies(key, by=carer.actor, at=NOON)
    assert "No known allergies" in read(stranger, "/portal/")


def test_the_record_shows_every_list_and_leads_to_the_rest(me: Client) -> None:
    html = me.get("/portal/record/").content.decode()
    page = text_of(html)
    for words in ("Diabetes mellitus type 2", "Influenza, seasonal", "Chest X-ray", "Diabetic diet", "Clinic 4"):
        assert words in page
    assert "(disorder)" not in page
    assert "Viral sinusitis" not in page
    assert (
        page.count("Encounter for check up") == 2 * 3
    )  # with “Something wrong?”; the stay and what is planned come first
    for slug in ("allergies", "problems", "medicines", "results", "vaccinations", "visits", "documents", "plans"):
        assert f'href="#{slug}"' in html
        assert f'id="{slug}"' in html
    assert 'href="/portal/record/visits/"' in html
    assert 'href="/portal/record/vaccinations/"' not in html
    assert "Gone" not in page


def test_a_long_list_goes_on_page_by_page(me: Client) -> None:
    first, second = read(me, "/portal/record/visits/"), read(me, "/portal/record/visits/?page=2")
    assert "Page 1 of 2" in first
    assert first.count("Encounter for check up") + second.count("Encounter for check up") == 2 * 40
    assert "Viral sinusitis over" in read(me, "/portal/record/problems/")
    assert "Amoxicillin finished" in read(me, "/portal/record/medicines/")


def test_results_over_time_have_a_picture_a_table_and_words(me: Client) -> None:
    html = me.get(f"/portal/record/results/{POTASSIUM}/").content.decode()
    page = text_of(html)
    assert "The laboratory calls it: Potassium [Moles/volume] in Serum or Plasma" in page
    assert 'role="img" aria-label="From ' in html
    assert html.count("<circle") == 41
    assert "Page 1 of 2" in page
    assert "If nobody has talked with you" not in page
    assert re.search(r"5\.6 mmol/L (Something wrong\? \S.*? )?3\.5 – 5\.3 mmol/L higher than usual", page)
    assert "What “higher” and “lower” mean" in page


def test_a_result_far_outside_says_what_to_do(me: Client) -> None:
    page = read(me, "/portal/record/results/")
    assert re.search(r"Ferritin.*?4 µg/L Usual: 13 – 150 µg/L much lower than usual", page)
    assert "If nobody has talked with you about this result, call your care team." in page
    assert "Analyte number 3 in Blood" in page + read(me, "/portal/record/results/?page=2")


def test_a_letter_is_read_in_the_page(me: Client, amina: UUID) -> None:
    letter = Document.objects.get(title="Letter after your visit")
    page = me.get(f"/portal/record/documents/{letter.id}/").content.decode()
    assert "your blood tests are as we hoped. مع التحية." in page
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.patient_id, event.subject) == ("document.read", amina, f"document:{letter.id}")


@pytest.mark.parametrize(
    ("display", "kind", "disposition"),
    [
        ("Clinic letter", "text/plain; charset=utf-8", 'attachment; filename="Letter after your visit.txt"'),
        ("Discharge summary", "application/pdf", 'attachment; filename="summary .. x.pdf"'),
        ("Old page", "application/octet-stream", 'attachment; filename="Old page"'),
    ],
)
def test_a_file_runs_nothing_and_is_taken_for_nothing_else(
    me: Client, display: str, kind: str, disposition: str
) -> None:
    key = Document.objects.get(display=display).id
    answer = me.get(f"/portal/record/documents/{key}/file/")
    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert answer["Content-Disposition"] == disposition
    assert answer["Content-Security-Policy"] == "default-src 'none'; img-src 'self'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.latest("id").action == "document.read"


def test_a_document_that_only_its_source_has_says_so(me: Client) -> None:
    key = Document.objects.get(display="Report kept elsewhere").id
    assert "Only the place that wrote it has the text." in read(me, f"/portal/record/documents/{key}/")
    assert me.get(f"/portal/record/documents/{key}/file/").status_code == 404
    html = me.get("/portal/record/").content.decode()
    assert f'href="/portal/record/documents/{key}/' not in html


def test_a_document_that_waits_for_the_virus_scanner_is_named_and_opened_by_nobody(me: Client) -> None:
    letter = Document.objects.get(title="Letter after your visit")
    KeptFile.objects.filter(pk=letter.file_key).update(state="waiting", looked_at=None, due_at=NOON)
    address = f"/portal/record/documents/{letter.id}/"
    for page in (address, "/portal/record/", "/portal/record/documents/"):
        told = me.get(page).content.decode()
        assert "waiting for the virus scanner" in told and "It opens here by itself: come back later." in told
        assert "as we hoped" not in told and f'"{address}file/"' not in told
    assert me.get(f"{address}file/").status_code == 404
    paper = pdfs.text_of(me.get("/portal/record/download/pdf/").content)
    assert "waiting for the virus scanner" in paper and "Letter after your visit" in paper


@pytest.mark.parametrize("what", ["", "file/"])
def test_a_foreign_document_and_none_at_all_answer_the_same(amina: UUID, stranger: Client, what: str) -> None:
    key = Document.objects.get(title="Letter after your visit").id
    nothing = UUID("01900000-0000-7000-8000-000000000007")
    before = AuditEvent.objects.count()
    answers = [stranger.get(f"/portal/record/documents/{one}/{what}") for one in (key, nothing)]
    assert [one.status_code for one in answers] == [404, 404]
    bodies = [one.content.decode().replace(one["X-Request-Number"], "") for one in answers]
    assert bodies[0] == bodies[1]
    assert AuditEvent.objects.count() == before + 2
    assert AuditEvent.objects.filter(action="page.refused", patient_id=None).count() == 2


@pytest.mark.parametrize("key", [POTASSIUM, "x", "AAAA", "_____"])
def test_results_that_one_does_not_have_answer_like_no_page(amina: UUID, stranger: Client, key: str) -> None:
    assert stranger.get(f"/portal/record/results/{key}/").status_code == 404


def test_a_patient_sees_nothing_of_another(amina: UUID, stranger: Client) -> None:
    for address in [*(one for one in PAGES if POTASSIUM not in one), "/portal/access/", "/portal/details/"]:
        page = read(stranger, address)
        assert not re.search("Amina|Okafor|Potassium|Metformin|Penicillin|Diabetes|Harbour", page), address
    assert stranger.get("/portal/record/nothing/").status_code == 404


@pytest.mark.parametrize("address", ["/portal/", "/portal/record/", "/portal/access/", "/portal/details/"])
def test_staff_and_strangers_stay_outside(sign_in: SignIn, address: str) -> None:
    assert sign_in(Role.NURSE).client.get(address).status_code == 403
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


def test_who_looked_is_told_in_words_with_roles(me: Client, amina: UUID) -> None:
    nurse = clinical.carer(amina, Role.NURSE)
    queries.open_chart(amina, viewer=nurse.actor, at=NOON)
    queries.results(amina, viewer=nurse.actor, at=NOON)
    actions.record_problem(amina, clinical.problem("Asthma"), by=nurse.actor, at=NOON)
    me.get("/portal/")
    page = read(me, "/portal/access/")
    assert "You this was me opened your record" in page
    assert "Tove Berg Nurse opened your record · wrote down a health problem" in page
    assert "Ask why Tove Berg, Monday 2 March 2026 Monday 2 March 2026 12:00" in page
    assert page.count("Tove Berg Nurse") == 1
    assert "computers and devices" in page
    assert "brought in records from elsewhere" not in page
    assert "brought in records from elsewhere" in read(me, "/portal/access/?who=all")
    others = read(me, "/portal/access/?who=others")
    assert "Tove Berg" in others
    assert "this was me" not in others
    assert AuditEvent.objects.latest("id").action == "trail.read"


def test_the_trail_goes_on_page_by_page_and_takes_few_questions(me: Client, amina: UUID) -> None:
    nurse = clinical.carer(amina, Role.NURSE)
    with transaction.atomic():
        audit.record_many([audit.event("chart.read", by=nurse.actor, at=NOON, patient_id=amina) for _ in range(250)])
    with CaptureQueriesContext(connection) as asked:
        html = me.get("/portal/access/?who=others").content.decode()
    assert len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 25
    (further,) = re.findall(r'rel="next" href="\?who=others&amp;before=(\d+)"', html)
    assert "Tove Berg" in read(me, f"/portal/access/?who=others&before={further}")
    assert "That was all." in read(me, "/portal/access/?who=others&before=1")
    for strange in ("x", "-1", "9" * 40, "²"):
        read(me, f"/portal/access/?before={strange}")


def test_my_details_say_how_to_correct_them(me: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = read(me, "/portal/details/")
    assert len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 25
    for words in (
        "Amina Okafor", "Former name Amina Eze", "Born Thursday 14 March 1957", "Telephone 555 0100",
        "4 Harbour Lane", "1207 Harrowmere", "français", "Brother Chidi Okafor 555 0101", "Tell the reception desk",
    ):  # fmt: skip
        assert words in page


def test_the_bar_shows_only_pages_that_exist(me: Client) -> None:
    html = me.get("/portal/").content.decode()
    bar = re.search(r'<nav aria-label="Main">(.*?)</nav>', html, re.DOTALL)
    assert bar
    links = re.findall(r'href="([^"]+)"', bar[1])
    assert links == [
        "/portal/", "/portal/record/", "/portal/plans/", "/portal/access/", "/portal/consents/",
        "/portal/details/", "/portal/proxies/",
    ]  # fmt: skip
    for address in {found for found in re.findall(r'<a[^>]*href="(/[^"#]*)"', html) if "logout" not in found}:
        assert me.get(address).status_code in (200, 302), address


def test_a_page_is_packed_only_when_nothing_on_it_was_chosen_by_others(me: Client) -> None:
    packed = me.get("/portal/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in me.get("/portal/?guess=Penicillin", headers={"Accept-Encoding": "gzip"})


def test_the_start_leads_patients_here(me: Client) -> None:
    assert me.get("/")["Location"] == "/portal/"


def test_content_is_shown_as_text(me: Client, amina: UUID) -> None:
    evil = "<script>alert(1)</script>"
    carer = clinical.carer(amina)
    actions.record_problem(amina, clinical.problem(evil, note=evil), by=carer.actor, at=NOON)
    actions.record_allergy(amina, clinical.allergy(evil), by=carer.actor, at=NOON)
    for address in ("/portal/", "/portal/record/", "/portal/record/problems/", "/portal/record/print/"):
        assert evil not in me.get(address).content.decode()


@pytest.mark.parametrize(("language", "hello"), [("fr", "Bonjour, Amina"), ("ar", "مرحبًا")])
def test_the_pages_speak_the_language_that_was_chosen(me: Client, language: str, hello: str) -> None:
    me.post("/language/", {"language": language, "next": "/portal/"})
    html = me.get("/portal/").content.decode()
    assert f'lang="{language}"' in html
    assert hello in html
    assert 'bdi dir="ltr"><b>5.6</b>' in html
    for address in PAGES:
        me.get(address)


def test_a_patient_is_never_asked_for_the_second_factor_of_staff(me: Client, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    assert me.get("/portal/").status_code == 200
