"""Files that wait for the virus scanner: kept, opened by nobody, shown to it until it has answered."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from ehospital.foundation import contents, file_states, files, quarantine
from ehospital.foundation.models import FileState, KeptFile
from tests.domain.foundation.test_remote_files import named
from tests.factories import servers
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LETTER, BAD = b"a letter", b"a letter with " + servers.EICAR


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.DATA = tmp_path
    settings.ANTIVIRUS = servers.AWAY
    return tmp_path


@pytest.fixture(params=["disk", "s3"])
def anywhere(request: pytest.FixtureRequest, settings: LazySettings) -> Iterator[None]:
    if request.param == "disk":
        yield
        return
    with servers.s3_store() as (url, _):
        settings.STORAGES = {**settings.STORAGES, "default": named(url)}
        yield


def state(key: str) -> tuple[str, str]:
    row = KeptFile.objects.get(pk=key)
    return row.state, row.found


def heard() -> list[tuple[str, object]]:
    jobs = ProcrastinateJob.objects.filter(task_name__endswith="file_was_infected").order_by("task_name")
    return [(job.task_name.split(".")[1], job.args) for job in jobs]


@pytest.mark.usefixtures("anywhere")
def test_away_and_back_it_opens(settings: LazySettings) -> None:
    key = files.store(LETTER, at=NOON, state=files.look(LETTER, at=NOON))
    assert state(key) == ("waiting", "")
    with pytest.raises(files.FileWaiting):
        files.load(key)
    assert not quarantine.next_turn(at=NOON), "the scanner is away"
    with servers.clamd() as settings.ANTIVIRUS:
        assert not quarantine.next_turn(at=NOON + MINUTE - timedelta(seconds=1)), "taken up a moment ago"
        with pytest.raises(files.FileWaiting):
            files.load(key)
        assert quarantine.next_turn(at=NOON + MINUTE)
        assert not quarantine.next_turn(at=NOON + 10 * MINUTE)
    assert (files.load(key), state(key), heard()) == (LETTER, ("clean", ""), [])


@pytest.mark.usefixtures("anywhere")
def test_away_and_back_it_is_infected(settings: LazySettings) -> None:
    key = files.store(BAD, at=NOON)
    with servers.clamd() as settings.ANTIVIRUS:
        assert quarantine.next_turn(at=NOON)
        assert state(key) == ("infected", "Eicar-Test-Signature")
        with pytest.raises(files.InfectedFile, match="Eicar"):
            files.load(key)
        told = {"key": key, "found": "Eicar-Test-Signature"}
        assert heard() == [("clinical", told), ("people", told)]
        assert contents.read(key) == BAD
        assert quarantine.next_turn(at=NOON)
        with pytest.raises(files.UnknownFile):
            contents.read(key)
        assert not quarantine.next_turn(at=NOON + 10 * MINUTE)
    assert len(heard()) == 2


def test_the_scanner_is_asked_first_where_it_answers(settings: LazySettings) -> None:
    with servers.clamd() as settings.ANTIVIRUS:
        key = files.store(LETTER, at=NOON, state=files.look(LETTER, at=NOON))
        assert files.load(key) == LETTER
        with pytest.raises(files.InfectedFile):
            files.look(BAD, at=NOON)
    assert list(KeptFile.objects.values_list("key", "state")) == [(key, "clean")]


def test_what_is_known_of_a_content_holds_for_every_copy_of_it(settings: LazySettings) -> None:
    waiting = files.store(LETTER, at=NOON), files.store(BAD, at=NOON)
    with servers.clamd() as settings.ANTIVIRUS:
        assert files.look(LETTER, at=NOON) is FileState.CLEAN
        with pytest.raises(files.InfectedFile):
            files.look(BAD, at=NOON)
    assert [state(key)[0] for key in waiting] == ["clean", "infected"]
    assert len(heard()) == 2
    settings.ANTIVIRUS = servers.AWAY
    assert files.look(LETTER, at=NOON) is FileState.WAITING
    assert files.load(files.store(LETTER, at=NOON, state=FileState.WAITING)) == LETTER, "it was looked at before"


def test_an_infected_content_that_comes_again_is_judged_anew(settings: LazySettings) -> None:
    key = files.store(BAD, at=NOON)
    with servers.clamd() as settings.ANTIVIRUS:
        while quarantine.next_turn(at=NOON):
            pass
    assert files.store(BAD, at=NOON) == key
    assert state(key) == ("waiting", "")
    with pytest.raises(files.FileWaiting):
        files.load(key)
    with servers.clamd() as settings.ANTIVIRUS:
        while quarantine.next_turn(at=NOON):
            pass
        assert state(key)[0] == "infected"
    with servers.clamd(knows=b"something else") as settings.ANTIVIRUS:  # it has learnt that this was nothing
        assert files.store(BAD, at=NOON, state=files.look(BAD, at=NOON)) == key
        assert not quarantine.next_turn(at=NOON + 10 * MINUTE)
    assert files.load(key) == BAD


def test_a_file_that_it_does_not_answer_for_holds_up_no_other(settings: LazySettings) -> None:
    odd, letter = files.store(b"odd", at=NOON), files.store(LETTER, at=NOON + MINUTE)
    with servers.clamd() as settings.ANTIVIRUS:
        assert not quarantine.next_turn(at=NOON + MINUTE)
        assert quarantine.next_turn(at=NOON + MINUTE)
        assert (state(odd)[0], state(letter)[0]) == ("waiting", "clean")
        waits = []
        for _ in range(4):
            due = KeptFile.objects.get(pk=odd).due_at
            assert due is not None
            assert not quarantine.next_turn(at=due)
            waits.append(KeptFile.objects.get(pk=odd).due_at - due)  # type: ignore[operator]
    assert waits == [2 * MINUTE, 4 * MINUTE, 5 * MINUTE, 5 * MINUTE]


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 5), (5, 5), (10_000, 5)])
def test_how_long_it_waits(tries: int, minutes: int) -> None:
    assert file_states.wait_after(tries) == minutes * MINUTE


def test_without_a_scanner_files_open_and_what_waited_goes_on_waiting(settings: LazySettings) -> None:
    waiting = files.store(LETTER, at=NOON)
    settings.ANTIVIRUS = None
    assert files.look(b"another", at=NOON) is FileState.UNCHECKED
    another = files.store(b"another", at=NOON)
    assert not quarantine.next_turn(at=NOON + 10 * MINUTE)
    assert (state(waiting)[0], files.load(another)) == ("waiting", b"another")
    with pytest.raises(files.FileWaiting):
        files.load(waiting)


def test_a_scanner_that_is_named_later_is_shown_what_came_before(settings: LazySettings) -> None:
    settings.ANTIVIRUS = None
    before, bad = files.store(LETTER, at=NOON), files.store(BAD, at=NOON)
    settings.ANTIVIRUS = servers.AWAY
    after = files.store(b"another", at=NOON + MINUTE)
    assert files.load(before) == LETTER
    seen: list[bytes] = []
    with servers.clamd(seen=seen) as settings.ANTIVIRUS:
        for _ in range(4):
            assert quarantine.next_turn(at=NOON + MINUTE)
    assert seen[0] == b"another", "what waits comes first"
    assert [state(key)[0] for key in (before, bad, after)] == ["clean", "infected", "clean"]


def test_what_never_came_through_the_door_is_opened_by_nobody() -> None:
    key = contents.keep(LETTER)
    with pytest.raises(files.FileWaiting):
        files.load(key)
    with pytest.raises(files.UnknownFile):
        files.load("no key")


@pytest.mark.usefixtures("anywhere")
def test_what_the_scanner_takes_only_in_parts_is_no_scanner_that_is_away(settings: LazySettings) -> None:
    large, small = b"a letter " * 200_000, LETTER
    key, other = files.store(large, at=NOON), files.store(small, at=NOON)
    seen: list[bytes] = []
    with servers.clamd(seen=seen, most_bytes=100_000) as settings.ANTIVIRUS:
        with pytest.raises(files.TooLarge, match="1800000 bytes; raise StreamMaxLength"):
            files.look(large, at=NOON)
        while quarantine.next_turn(at=NOON):
            pass
        assert (state(key), state(other)) == (("too-large", ""), ("clean", ""))
        assert not quarantine.next_turn(at=NOON + timedelta(days=400)), "asking again changes nothing"
    assert seen == [small]
    with pytest.raises(files.TooLarge):
        files.load(key)
    with servers.clamd() as settings.ANTIVIRUS:  # its limit was raised, and the document is brought again
        assert files.store(large, at=NOON, state=files.look(large, at=NOON)) == key
    assert files.load(key) == large


def test_open_files_stay_open_though_the_scanner_cannot_judge_them(settings: LazySettings) -> None:
    settings.ANTIVIRUS = None
    key = files.store(b"a letter " * 20_000, at=NOON)
    with servers.clamd(most_bytes=100_000) as settings.ANTIVIRUS:
        assert quarantine.next_turn(at=NOON)
        assert not quarantine.next_turn(at=NOON + 10 * MINUTE)
    assert (state(key)[0], files.load(key)) == ("unchecked", b"a letter " * 20_000)


def test_a_lost_file_is_told_and_holds_up_no_other(settings: LazySettings, caplog: pytest.LogCaptureFixture) -> None:
    lost, letter = files.store(b"lost", at=NOON), files.store(LETTER, at=NOON)
    contents.remove(lost)
    with servers.clamd() as settings.ANTIVIRUS:
        assert quarantine.next_turn(at=NOON) and quarantine.next_turn(at=NOON)
    assert (state(lost)[0], state(letter)[0]) == ("lost", "clean")
    assert f"{lost} cannot be shown to the scanner" in caplog.text
    with pytest.raises(files.UnknownFile):
        files.load(lost)
    contents.keep(b"lost")  # restored from a backup
    with servers.clamd() as settings.ANTIVIRUS:
        assert not quarantine.next_turn(at=NOON + 59 * MINUTE)
        assert quarantine.next_turn(at=NOON + 60 * MINUTE)
    assert files.load(lost) == b"lost"


@pytest.mark.parametrize(
    "columns",
    [
        {"key": "0" * 63},
        {"state": "open"},
        {"state": "infected", "looked_at": NOON, "due_at": None},
        {"found": "Something"},
        {"state": "clean", "due_at": None},
        {"looked_at": NOON},
        {"due_at": None},
    ],
)
def test_the_database_refuses_a_row_that_contradicts_itself(columns: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptFile.objects.create(**{"key": "0" * 64, "state": "waiting", "due_at": NOON, **columns})
    assert not KeptFile.objects.exists()
