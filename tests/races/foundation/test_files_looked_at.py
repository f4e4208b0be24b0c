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
from django.db import connection, transaction
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


def upload(patient: UUID, content: bytes) -> None:
    actions.upload_document(patient, letter(), content=content, by=clinical.carer(patient).actor, at=NOON)


def judge(key: str) -> None:
    at = datetime.now(UTC)
    quarantine.settle(key, FOUND, at=at)
    actions.take_away_infected(key, FOUND, by=access.system("virus scanner", at=at), at=at)


def taken_away(key: str) -> int:
    return Document.objects.filter(file_key=key, status="entered-in-error").count()


def test_a_verdict_waits_for_whoever_is_naming_the_file(own_database: Clone) -> None:
    one, other, key = people.patient("One"), people.patient("Other"), files.key_of(b"a letter")
    upload(one, b"a letter")
    judging = threading.Thread(target=lambda: together(lambda: judge(key)))
    with transaction.atomic():
        upload(other, b"a letter")
        judging.start()
        end = time.monotonic() + 20
        while judging.is_alive() and not _somebody_waits() and time.monotonic() < end:
            time.sleep(0.02)
    judging.join(20)
    assert (KeptFile.objects.get(pk=key).state, taken_away(key)) == ("infected", 2)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_an_upload_at_the_moment_of_the_verdict_does_not_slip_past(own_database: Clone) -> None:
    for number in range(ROUNDS):
        content = b"letter %d" % number
        one, other, key = people.patient(f"One{number}"), people.patient(f"Other{number}"), files.key_of(content)
        upload(one, content)
        meanwhile = lambda other=other, content=content: upload(other, content)  # noqa: E731
        assert together(meanwhile, lambda key=key: judge(key)) == []  # type: ignore[misc]
        # Uploaded before the verdict, it went with the other; after it, all of them wait for the next one.
        assert (KeptFile.objects.get(pk=key).state, taken_away(key)) in {
            ("infected", 2),
            ("waiting", 1),
            ("waiting", 0),
        }
        judge(key)
        assert taken_away(key) == 2
    assert AuditEvent.objects.filter(action="document.infected").count() == 2 * ROUNDS
