"""Two workers at one file, a worker that dies, an upload at the moment of a verdict: nothing is lost, or told twice."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from procrastinate.contrib.django.models import ProcrastinateJob

from ehospital.clinical import actions
from ehospital.clinical.details import Code, DocumentDetails
from ehospital.clinical.models import Document
from ehospital.foundation import files, quarantine
from ehospital.foundation.models import AuditEvent, KeptFile
from ehospital.people import access
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import clinical, people, servers
from tests.factories.people import NOON

ROUNDS = 12
FOUND = "Eicar-Test-Signature"
WORK = """
import sys
from datetime import datetime
from ehospital.config import settings
import django
django.setup()
from ehospital.foundation import quarantine
quarantine.next_turn(at=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.DATA = tmp_path
    settings.ANTIVIRUS = servers.AWAY
    return tmp_path


def letter() -> DocumentDetails:
    return DocumentDetails(code=Code("", "", "Letter"), written_at=NOON, file_name="letter.txt")


def test_of_two_verdicts_at_once_one_counts(own_database: Clone) -> None:
    for number in range(ROUNDS):
        key = files.store(b"%d" % number, at=NOON)
        news: list[bool] = []
        settle = lambda key=key, news=news: news.append(quarantine.settle(key, FOUND, at=NOON))  # noqa: E731
        assert together(settle, settle, settle) == []
        assert sorted(news) == [False, False, True]
        assert ProcrastinateJob.objects.filter(args__key=key).count() == 2, "one for charts, one for photos"


def test_two_workers_show_each_file_once(own_database: Clone, settings: LazySettings) -> None:
    contents = [b"letter %d" % number for number in range(ROUNDS)] + [b"bad " + servers.EICAR]
    keys = files.store_all(contents, at=NOON)
    seen: list[bytes] = []

    def work() -> None:
        while quarantine.next_turn(at=NOON):
            pass

    with servers.clamd(seen=seen) as settings.ANTIVIRUS:
        assert together(work, work, work) == []
    assert Counter(seen) == Counter(contents)
    assert Counter(KeptFile.objects.values_list("state", flat=True)) == {"clean": ROUNDS, "infected": 1}
    assert not (settings.DATA / "files" / keys[-1][:2] / keys[-1]).exists()


def test_a_worker_that_is_killed_meanwhile_costs_a_minute(own_database: Clone, settings: LazySettings) -> None:
    key = files.store(b"a letter", at=NOON)
    seen, go = list[bytes](), threading.Event()
    with servers.clamd(seen=seen, go=go) as settings.ANTIVIRUS:
        host, port = settings.ANTIVIRUS
        told = {
            "EHOSPITAL_DATABASE_URL": own_database.url("ehospital_worker"), "EHOSPITAL_DATA": str(settings.DATA),
            "EHOSPITAL_ANTIVIRUS": f"clamd://{host}:{port}", "DJANGO_SETTINGS_MODULE": "ehospital.config.settings",
        }  # fmt: skip
        worker = subprocess.Popen([sys.executable, "-c", WORK, NOON.isoformat()], env={**os.environ, **told})
        end = time.monotonic() + 60
        while not seen and worker.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        assert (worker.wait(20), seen) == (-signal.SIGKILL, [b"a letter"])
        go.set()
        with pytest.raises(files.FileWaiting):
            files.load(key)
        assert not quarantine.next_turn(at=NOON + timedelta(seconds=59)), "the other one may still be at it"
        assert quarantine.next_turn(at=NOON + timedelta(minutes=1))
    assert files.load(key) == b"a letter"


def test_an_upload_at_the_moment_of_the_verdict_does_not_slip_past(own_database: Clone, settings: LazySettings) -> None:
    """Whoever names a file holds its row: a verdict waits for them, or they for it."""
    for number in range(ROUNDS):
        content = b"letter %d" % number
        one, other = (people.patient(f"Patient{number}{half}") for half in "ab")
        doctors = {patient: clinical.carer(patient).actor for patient in (one, other)}

        def upload(patient: UUID, doctors: dict[UUID, access.Actor] = doctors, content: bytes = content) -> None:
            actions.upload_document(patient, letter(), content=content, by=doctors[patient], at=NOON)

        def judge(content: bytes = content) -> None:
            at, key = datetime.now(UTC), files.key_of(content)
            quarantine.settle(key, FOUND, at=at)
            actions.take_away_infected(key, FOUND, by=access.system("virus scanner", at=at), at=at)

        upload(one)
        assert together(lambda other=other, upload=upload: upload(other), judge) == []  # type: ignore[misc]
        state = KeptFile.objects.get(pk=files.key_of(content)).state
        wrong = Document.objects.filter(file_key=files.key_of(content), status="entered-in-error")
        # Uploaded before the verdict, it went with the other; after it, all of them wait for the next one.
        assert (state, wrong.count()) in {("infected", 2), ("waiting", 1), ("waiting", 0)}
        with pytest.raises((files.InfectedFile, files.FileWaiting)):
            files.load(files.key_of(content))
        judge()
        assert wrong.count() == 2
    assert AuditEvent.objects.filter(action="document.infected").count() == 2 * ROUNDS
