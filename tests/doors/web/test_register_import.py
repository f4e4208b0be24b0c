"""A register on its way into use as an administrator does it: every step a page, and everything wrong in words."""

import re
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ehospital.foundation.models import KeptFile
from ehospital.people.access import Role
from ehospital.people.models import Patient, RegisterImport, RegisterRow
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import people, servers
from tests.factories import registers as make

pytestmark = pytest.mark.django_db
LIST = "/staff/registers/"
ROWS = [
    [1, "Okafor", "Amina", "F", "03/04/1980", "0163 2960123", "Harrowmere"],
    [2, "Karimi", "Hamid", "M", "25/12/1975", "", "Lund"],
    [3, "Broken", "Row", "F", "31/04/1980", "abc", "Lund"],
    [4, "=HYPERLINK(1)", "", "F", "1359/05/12", "", ""],
]


@pytest.fixture
def clerk(sign_in: SignIn) -> SignedIn:
    return sign_in(Role.ADMINISTRATOR)


def bring(clerk: SignedIn, content: bytes, name: str = "clinic.csv") -> str:
    answer = clerk.client.post(LIST, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    work(answer["Location"])
    return str(answer["Location"])


def work(address: str) -> None:
    make.work(UUID(address.rstrip("/").rsplit("/", 1)[1]), at=timezone.now())


def shown(clerk: SignedIn, address: str) -> str:
    answer = clerk.client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def sent(page: str) -> dict[str, str]:
    """What the form of the columns sends as it stands."""
    found = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', page))
    found |= dict(re.findall(r'name="(headings-\w+)" value="(\d+)"', page))
    for name, options in re.findall(r'<select class="in" id="(column-\d+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="(\w+)" selected', options)
        found[name] = chosen[1] if chosen else ""
    if order := re.search(r'name="order" value="([\w-]+)" checked', page):
        found["order"] = order[1]
    return found


def move(clerk: SignedIn, address: str, step: str) -> None:
    version = RegisterImport.objects.get(pk=address.rstrip("/").rsplit("/", 1)[1]).version
    answer = clerk.client.post(f"{address}{step}/", {"version": str(version)})
    assert answer.status_code == 302
    work(address)


def checked(clerk: SignedIn, rows: list[list[object]]) -> str:
    address = bring(clerk, make.text(rows))
    form = sent(shown(clerk, address)) | {"register": "Clinic book", "do": "check", "order": "day-month"}
    answer = clerk.client.post(f"{address}describe/", form)
    assert answer.status_code == 302, answer.content.decode()
    work(address)
    return address


def test_a_register_into_use_and_back(clerk: SignedIn) -> None:
    address = checked(clerk, ROWS)
    page = shown(clerk, address)
    assert "Nothing is written yet" in page
    assert "There is no such day." in page and "31/04/1980" in page
    assert "This year is of another calendar." in page
    assert Patient.objects.count() == 0
    move(clerk, address, "take")
    page = shown(clerk, address)
    assert "In use." in page and "A new record" in page
    assert {one.name_text for one in Patient.objects.all()} == {"OKAFOR, Amina", "KARIMI, Hamid"}
    move(clerk, address, "undo")
    assert "what this register wrote is gone" in shown(clerk, address)
    assert Patient.objects.count() == 0


def test_the_order_of_days_is_asked_with_examples_that_decide(clerk: SignedIn) -> None:
    address = bring(clerk, make.text(ROWS))
    page = shown(clerk, address)
    assert "These could be read both ways: 03/04/1980." in page
    assert "The day must stand first in: 25/12/1975" in page
    address = bring(clerk, make.text(ROWS[:1]))
    page = shown(clerk, address)
    assert "Nothing in the column decides it." in page
    answer = clerk.client.post(f"{address}describe/", sent(page) | {"register": "Book", "do": "check"})
    assert answer.status_code == 422
    assert "Say whether the day or the month stands first" in answer.content.decode()
    assert RegisterImport.objects.get(file_name="clinic.csv", rows_total=2).state == "read"


def test_numbers_that_count_days_are_asked_for_in_a_text(clerk: SignedIn) -> None:
    address = bring(clerk, make.text([[1, "Okafor", "Amina", "F", "29305", "", ""]]))
    page = shown(clerk, address)
    assert "29305 = 25-Mar-1980" in page and "29305 = 26-Mar-1984" in page
    answer = clerk.client.post(f"{address}describe/", sent(page) | {"register": "Book", "do": "check"})
    assert answer.status_code == 422
    answer = clerk.client.post(
        f"{address}describe/", sent(answer.content.decode()) | {"register": "Book", "do": "check", "system": "1900"}
    )
    assert answer.status_code == 302
    work(address)
    assert RegisterRow.objects.get(number=2).details["birth_on"] == "1980-03-25"


def test_a_workbook_with_three_rows_of_headings(clerk: SignedIn) -> None:
    content = make.workbook(
        ["Register of the clinic"], [None, "Patient", None, None], ["No", "Surname", "First name", "DOB"],
        [1, "Okafor", "Amina", "25/03/1980"], [2, "Karimi", "Hamid", 29305], merges=("B2:C2",),
    )  # fmt: skip
    address = bring(clerk, content, "clinic.xlsx")
    page = shown(clerk, address)
    assert "merged with" in page
    answer = clerk.client.post(f"{address}describe/", sent(page) | {"register": "Book", "do": "check"})
    assert answer.status_code == 302, answer.content.decode()
    work(address)
    found = {row.number: row.details.get("birth_on") for row in RegisterRow.objects.filter(number__gt=3)}
    assert found == {4: "1980-03-25", 5: "1980-03-25"}


def test_another_encoding_and_separator_read_the_file_anew(clerk: SignedIn) -> None:
    address = bring(clerk, "Nom;Prénom\r\nLefèvre;Zoé".encode("cp1252"))
    assert "Lefèvre" in shown(clerk, address)
    form = sent(shown(clerk, address)) | {"do": "read", "encoding": "utf-8", "separator": ";"}
    assert clerk.client.post(f"{address}describe/", form).status_code == 302
    work(address)
    assert "cannot be read in this encoding" in shown(clerk, address)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Nothing stands in this file"),
        (b"%PDF-1.7", "This is no table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "an old workbook"),
        (b"PK\x03\x04 nonsense", "damaged or cut off"),
        (b"x" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
    ids=["empty", "pdf", "xls", "zip", "large"],
)
def test_what_cannot_be_used_is_said_and_not_kept(clerk: SignedIn, content: bytes, words: str) -> None:
    answer = clerk.client.post(LIST, {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RegisterImport.objects.exists()


def test_rows_are_decided_about_one_by_one(clerk: SignedIn) -> None:
    people.patient("Amina", "Okafor")
    address = checked(clerk, [[1, "Okafor", "Amina", "F", "1957", "", ""], ROWS[1]])
    page = shown(clerk, address)
    assert "Perhaps:" in page and "OKAFOR, Amina" in page
    answer = clerk.client.post(f"{address}rows/2/", {"decision": "same", "show": "unsure"})
    assert answer["Location"].startswith(address) and "show=unsure" in answer["Location"]
    assert clerk.client.post(f"{address}rows/3/", {"decision": "out"}).status_code == 302
    for bad in ({"decision": "nonsense"}, {"decision": "same"}):
        clerk.client.post(f"{address}rows/99/", bad)
    move(clerk, address, "take")
    outcomes = dict(RegisterRow.objects.filter(number__gt=1).values_list("number", "outcome"))
    assert outcomes == {2: "filled", 3: "out"}
    assert Patient.objects.count() == 1


def test_rows_left_out_come_as_a_file_without_formulas(clerk: SignedIn) -> None:
    address = checked(clerk, ROWS)
    answer = clerk.client.get(f"{address}left-out.csv")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Disposition"] == 'attachment; filename="left-out.csv"'
    assert text.splitlines()[0].startswith("Row,Why it was left out,No,Family name")
    assert "'=HYPERLINK(1)" in text and ",=HYPERLINK" not in text
    assert len(text.splitlines()) == 3


def test_somebody_else_has_gone_on_meanwhile(clerk: SignedIn) -> None:
    address = checked(clerk, ROWS)
    answer = clerk.client.post(f"{address}take/", {"version": "1"}, follow=True)
    assert "Somebody else has gone on with this register meanwhile" in answer.content.decode()
    assert RegisterImport.objects.get().state == "judged"
    move(clerk, address, "again")
    assert "What the columns hold" in shown(clerk, address)
    move(clerk, address, "discard")
    assert "its rows are forgotten" in shown(clerk, address)
    assert not RegisterRow.objects.exists()


def test_whoever_watches_is_brought_on_when_a_step_is_done(clerk: SignedIn) -> None:
    answer = clerk.client.post(LIST, {"file": SimpleUploadedFile("a.csv", make.text(ROWS))})
    address = answer["Location"]
    watching = clerk.client.get(address, headers={"HX-Request": "true"})
    assert watching.status_code == 200 and 'id="work"' in watching.content.decode()
    work(address)
    watching = clerk.client.get(address, headers={"HX-Request": "true"})
    assert (watching.status_code, watching["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.DOCTOR, Role.PRIVACY_OFFICER])
def test_nobody_else_brings_registers(sign_in: SignIn, role: Role) -> None:
    other = sign_in(role)
    assert other.client.get(LIST).status_code == 403
    assert other.client.post(LIST, {"file": SimpleUploadedFile("a.csv", make.text(ROWS))}).status_code == 403
    assert not RegisterImport.objects.exists()


def test_a_record_says_from_which_register_it_came(sign_in: SignIn, clerk: SignedIn) -> None:
    address = checked(clerk, ROWS)
    move(clerk, address, "take")
    key = Patient.objects.get(name_text="OKAFOR, Amina").pk
    page = sign_in(Role.RECEPTIONIST).client.get(f"/staff/patients/{key}/edit/").content.decode()
    assert "From the register “clinic.csv”, row 2" in page


@pytest.mark.parametrize(("content", "words"), [
    (b"name,born\n" + servers.EICAR, "The virus scanner found Eicar-Test-Signature"),
    (b"name,born\nbreak off,1980", "cannot be checked or stored right now"),
    (b"name,born\n" + b"Amina,1980\n" * 200_000, "takes no file of this size"),
])  # fmt: skip
def test_what_the_scanner_does_not_pass_is_not_kept(
    clerk: SignedIn, settings: LazySettings, content: bytes, words: str
) -> None:
    with servers.clamd(most_bytes=1_000_000) as settings.ANTIVIRUS:
        answer = clerk.client.post(LIST, {"file": SimpleUploadedFile("clinic.csv", content)})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert (RegisterImport.objects.count(), KeptFile.objects.count()) == (0, 0)
