"""Seals in a file: verified by a script that knows nothing of us, and held against a trail that was made anew."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from ehospital.foundation import seal_files, sealing
from ehospital.foundation.models import AuditEvent, AuditSeal
from ehospital.foundation.seal_files import UnusableSealFile
from tests.domain.foundation.test_audit import AT, seal, tamper, write

pytestmark = pytest.mark.django_db(transaction=True)

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "audit.md"


@pytest.fixture(autouse=True)
def keys_of_this_test(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file of two seals, and a third event sealed after it was exported."""
    write("a.read", "b.read")
    seal(2)
    write("c.read")
    seal(3)
    path = tmp_path / "seals.jsonl"
    done = seal_files.export(path, at=AT)
    assert (done.seals, done.events) == (AuditSeal.objects.count(), 3)
    assert done.newest == sealing.digest(AuditSeal.objects.latest("number")).hex()
    return path


def script(tmp_path: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run the script of the guide: another process, isolated, in a folder where nothing of ours can be imported."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert "ehospital." not in code.replace("ehospital-audit", "")
    assert len([line for line in code.splitlines() if line.strip()]) <= 32
    path = tmp_path / "verify.py"
    path.write_text(code)
    command = [sys.executable, "-I", str(path), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60)


def seals_are_gone(condition: str = "true") -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_auditseal DISABLE TRIGGER USER")
        cursor.execute(f"DELETE FROM foundation_auditseal WHERE {condition}")
        cursor.execute("ALTER TABLE foundation_auditseal ENABLE TRIGGER USER")


def found(path: Path) -> list[tuple[str, str]]:
    return [(one.kind, one.why) for one in seal_files.compare(path)]


def test_the_script_of_the_guide_verifies_the_file_and_that_a_newer_one_continues_it(kept, tmp_path) -> None:
    write("d.read")
    seal(4)
    newer = tmp_path / "newer.jsonl"
    seal_files.export(newer, at=AT)
    done = script(tmp_path, kept, newer)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{AuditSeal.objects.count()} seals are whole; key {sealing.public_key().hex()}" in done.stdout
    assert found(kept) == []
    assert "continue" in script(tmp_path, newer, kept).stderr


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"events": 2', '"events": 3'), ('"number": 1,', '"number": 7,'), ("2026-03-02", "2026-03-03"),
        ('"leaves": "AAAA', '"leaves": "AAAB'), ('"signature": "', '"signature": "00'),
    ],
)  # fmt: skip
def test_a_file_that_was_changed_shows_to_both(kept, tmp_path, was, becomes) -> None:
    header, *lines = kept.read_text().splitlines()
    body = "\n".join(lines)
    assert was in body or was.startswith('"events"')
    changed = body.replace(was, becomes, 1) if was in body else body.replace('"events": ', '"events": 1', 1)
    kept.write_text(f"{header}\n{changed}\n")
    assert script(tmp_path, kept).returncode != 0


def test_lines_that_are_missing_or_no_file_of_ours_are_said(kept, tmp_path) -> None:
    lines = kept.read_text().splitlines()
    for text in ("\n".join(lines[:-1]), "", "{}", "not json", "\n".join([lines[0].replace("seals-1", "seals-9")])):
        kept.write_text(text)
        with pytest.raises(UnusableSealFile, match=r"seals\.jsonl"):
            seal_files.compare(kept)
        assert script(tmp_path, kept).returncode != 0


def test_every_kind_of_edit_by_a_superuser_is_found(kept) -> None:
    """Changed, deleted, inserted, reordered: each is found by the seals, and the file says that these are the seals."""
    first, second, _third = AuditEvent.objects.order_by("id").values_list("id", flat=True)
    last = AuditEvent.objects.order_by("-id").values_list("transaction", flat=True)[0]
    edits = {
        "edited": ("UPDATE foundation_auditevent SET patient_id = gen_random_uuid() WHERE id = %s", first),
        "deleted": ("DELETE FROM foundation_auditevent WHERE id = %s", first),
        "inserted": (
            "INSERT INTO foundation_auditevent (id, transaction, at, action, category, actor_kind, actor_id,"
            " actor_name, subject, purpose, request, details) SELECT 999, transaction, at, 'z.read', category,"
            " actor_kind, actor_id, actor_name, subject, purpose, request, details FROM foundation_auditevent"
            " WHERE id = %s", first,
        ),
        "reordered": (f"UPDATE foundation_auditevent SET transaction = {last} WHERE id = %s", second),
    }  # fmt: skip
    for kind, (sql, event) in edits.items():
        with transaction.atomic():
            tamper(sql, event)
            assert [one.kind for one in sealing.verify()] == [kind]
            assert found(kept) == []
            transaction.set_rollback(True)
    assert sealing.verify() == []


def test_a_trail_cut_off_with_its_anchor_is_found_by_the_file_alone(kept, tmp_path) -> None:
    newest = AuditSeal.objects.latest("number")
    tamper("DELETE FROM foundation_auditevent WHERE transaction >= %s", newest.first_transaction)
    seals_are_gone(f"number = {newest.number}")
    before = AuditSeal.objects.order_by("number").last()
    anchor = f"{before.number} {sealing.digest(before).hex()}\n" if before else ""
    (tmp_path / "keys" / "audit-anchor").write_text(anchor) if anchor else (tmp_path / "keys" / "audit-anchor").unlink()
    assert sealing.verify() == [], "inside the hospital nothing shows"
    assert found(kept) == [("truncated", f"seal {newest.number} was exported and is gone")]


@pytest.mark.parametrize("another_key", [True, False])
def test_a_whole_history_sealed_anew_is_found_by_the_file_alone(kept, tmp_path, another_key) -> None:
    tamper("UPDATE foundation_auditevent SET actor_name = 'Nobody'")
    seals_are_gone()
    (tmp_path / "keys" / "audit-anchor").unlink()
    if another_key:
        (tmp_path / "keys" / "audit-seal.pem").unlink()
    seal(3)
    assert sealing.verify() == [], "inside the hospital nothing shows"
    kinds = found(kept)
    assert {kind for kind, _ in kinds} <= {"forged", "truncated"}
    assert ("forged", "seal 1 is not the one that was exported") in kinds
    assert any("another key" in why for _, why in kinds) == another_key
    newer = tmp_path / "newer.jsonl"
    seal_files.export(newer, at=AT)
    assert script(tmp_path, newer).returncode == 0
    assert script(tmp_path, kept, newer).returncode != 0
