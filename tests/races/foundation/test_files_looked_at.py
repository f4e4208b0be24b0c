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
from ehospital.foundation import file_states, files, quarantine
from ehospital.foundation.models import KeptFile
from ehospital.people import access
from tests.domain.clinical.test_races import together
from tests.domain.foundation.test_remote_files import named
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
        settle = lambda key=key, news=news: news.append(file_states.settle(key, FOUND, at=NOON))  # noqa: E731
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
    file_states.settle(key, FOUND, at=at)
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
        refused = together(meanwhile, lambda key=key: judge(key))  # type: ignore[misc]
        assert all(isinstance(one, files.InfectedFile) for one in refused) and len(refused) <= 1
        # Named before the verdict, it went with the other; kept before and named after it, it was refused.
        assert (KeptFile.objects.get(pk=key).state, taken_away(key)) == ("infected", 2 - len(refused))
        assert not Document.objects.filter(file_key=key, status="current").exists()


def test_nobody_waits_for_the_store_under_a_lock(own_database: Clone, settings: LazySettings) -> None:
    patient, acts = people.patient(), list[str]()

    def meanwhile(act: str) -> None:
        """Every row can be locked at once while the store is at work, and no transaction is open."""
        try:
            with transaction.atomic():
                list(KeptFile.objects.select_for_update(nowait=True))
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND state = 'idle in transaction'"
                )
                acts.append(f"{act} {cursor.fetchone()[0]}")
        finally:
            connection.close()

    bad = b"Dear you " + servers.EICAR
    with servers.s3_store(meanwhile) as (url, objects):
        settings.STORAGES = {**settings.STORAGES, "default": named(url)}
        upload(patient, bad)
        with servers.clamd() as settings.ANTIVIRUS:
            while quarantine.next_turn(at=NOON):
                pass
        assert objects == {}
        settings.ANTIVIRUS = servers.AWAY
        Document.objects.all().update(status="entered-in-error")
        upload(patient, bad)
    assert acts == ["put 0", "delete 0", "put 0"]
    assert KeptFile.objects.get().state == "waiting"


def test_an_infected_content_that_comes_while_it_is_removed_is_refused(
    own_database: Clone, settings: LazySettings
) -> None:
    patient, bad = people.patient(), b"Dear you " + servers.EICAR
    refused: list[BaseException] = []

    def meanwhile(act: str) -> None:
        if act == "delete":
            refused.extend(together(lambda: upload(patient, bad)))

    with servers.s3_store(meanwhile) as (url, objects):
        settings.STORAGES = {**settings.STORAGES, "default": named(url)}
        upload(patient, bad)
        Document.objects.all().update(status="entered-in-error")
        with servers.clamd() as settings.ANTIVIRUS:
            assert quarantine.next_turn(at=NOON)
            settings.ANTIVIRUS = servers.AWAY
            assert quarantine.next_turn(at=NOON)
        assert [type(one) for one in refused] == [files.InfectedFile]
        assert (Document.objects.count(), objects) == (1, {})
        upload(patient, bad)
        assert list(objects.values()) == [bad]
