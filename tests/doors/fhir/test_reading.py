"""Files, archives and lines: what is found in them, what is not, and that nothing stops the rest."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.clinical import models
from ehospital.fhir.importing import inputs, resources, splitting
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import Importing, everything, reasons
from tests.factories import fhir


class Heard:
    """Everything that was told while reading."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.passed_over: list[str] = []
        self.bytes = 0

    def unreadable(self, where: str, why: str) -> None:
        self.told.append((where, why))

    def skipped(self, where: str, why: str) -> None:
        self.passed_over.append(where)

    def read(self, *paths: Path) -> list[str]:
        """Where each resource below the paths was found."""
        found = []
        for piece in inputs.pieces(paths, self, self.more):
            for batch in resources.batches(piece, self):
                found += [one.where for one in batch.resources]
        return found

    def more(self, count: int) -> None:
        self.bytes += count


ONE = b'{"resourceType":"Patient","id":"1"}'


def tar(path: Path, mode: str, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_every_form_of_file_and_archive_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.json").write_bytes(ONE)
    (folder / "b.ndjson.gz").write_bytes(gzip.compress(ONE + b"\n\n" + ONE))
    (folder / "c.json.xz").write_bytes(lzma.compress(ONE))
    (folder / "d.json.bz2").write_bytes(bz2.compress(ONE))
    tar(
        folder / "e.tar.xz",
        "w:xz",
        {"x/1.json": ONE, "x/2.ndjson.gz": gzip.compress(ONE), "._x": b"", "note.txt": b"?"},
    )
    tar(folder / "f.tgz", "w:gz", {"1.json": ONE})
    (folder / "g.zip").write_bytes(zipped({"1.json": ONE, "inner.zip": zipped({"2.json": ONE})}))
    (folder / "deeper" / "h.jsonl").write_bytes(b"\xef\xbb\xbf" + ONE)
    (folder / "README.md").write_text("?")
    (folder / ".hidden.json").write_bytes(b"?")
    heard = Heard()
    assert heard.read(folder) == [
        "in/a.json", "in/b.ndjson:1", "in/b.ndjson:3", "in/c.json", "in/d.json", "in/deeper/h.jsonl:1",
        "in/e.tar.xz/x/1.json", "in/e.tar.xz/x/2.ndjson:1", "in/f.tgz/1.json", "in/g.zip/1.json",
        "in/g.zip/inner.zip/2.json",
    ]  # fmt: skip
    assert (heard.told, heard.passed_over) == ([], ["in/README.md", "in/e.tar.xz/note.txt"])
    assert heard.bytes >= sum(file.stat().st_size for file in folder.rglob("*.json*"))


def test_damage_ends_one_file_and_not_the_rest(tmp_path: Path) -> None:
    whole = tar(tmp_path / "whole.tar", "w", {"1.json": ONE, "2.json": ONE + b" " * 40_000})
    (tmp_path / "a.tar").write_bytes(whole.read_bytes()[:9_000])
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(ONE * 1000)[:-20])
    (tmp_path / "c.zip").write_bytes(b"PK\x03\x04 no zip")
    (tmp_path / "d.json.xz").write_bytes(b"no xz")
    tar(tmp_path / "e.tar", "w", {"bad.json.gz": b"no gzip", "good.json": ONE})
    (tmp_path / "f.json").write_bytes(ONE)
    whole.unlink()
    heard = Heard()
    assert heard.read(tmp_path) == [f"{tmp_path.name}/{name}" for name in ("a.tar/1.json", "e.tar/good.json", "f.json")]
    assert {where.rsplit("/", 1)[-1] for where, _ in heard.told} >= {"b.json", "c.zip", "d.json", "bad.json"}
    assert any("a.tar" in where for where, _ in heard.told)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b'{"resourceType":"Patient",', "is not JSON"),
        (b"<Patient/>", "is not JSON"),
        ('{"resourceType":"Patient"}'.encode("utf-16"), "is not JSON"),
        (b'{"resourceType":"Patient","id":"\xff"}', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"resourceType":"Patient","a":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "nested deeper than any resource"),
        (b"5", "is not JSON"),
        (b'{"id":"1"}', "it has no resourceType"),
        (b'{"resourceType":5}', "it has no resourceType"),
        (b'{"resourceType":"../x"}', "it has no resourceType"),
        (b'{"resourceType":"Bundle","entry":{}}', "is a bundle of the wrong form"),
        (b'{"resourceType":"Bundle","entry":[5]}', "is no entry"),
        (b'{"resourceType":"Bundle","entry":[{}]}', "is an entry without a resource"),
        (b'{"resourceType":"Bundle","entry":[{"resource":null}]}', "is an entry without a resource"),
        (b'{"resourceType":"Bundle","entry":[{"resource":[]}]}', "is not JSON"),
        (b"[5]", "is not JSON"),
    ],
)
def test_what_is_no_resource_is_one_clear_line(tmp_path: Path, text: bytes, why: str) -> None:
    (tmp_path / "bad.json").write_bytes(text)
    (tmp_path / "good.json").write_bytes(ONE)
    heard = Heard()
    assert heard.read(tmp_path / "bad.json", tmp_path / "good.json") == ["good.json"]
    ((where, words),) = heard.told
    assert where.startswith("bad.json")
    assert why in words
    assert "\n" not in words


def test_a_broken_line_is_told_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "some.ndjson"
    path.write_bytes(ONE + b"\n{broken\n" + ONE + b"\nnull\n" + ONE)
    heard = Heard()
    assert heard.read(path) == ["some.ndjson:1", "some.ndjson:3", "some.ndjson:5"]
    assert [where for where, _ in heard.told] == ["some.ndjson:2", "some.ndjson:4"]


def test_lists_bundles_in_lines_and_lines_in_a_json_file_are_understood(tmp_path: Path) -> None:
    bundle = b'{"resourceType":"Bundle","entry":[{"resource":' + ONE + b"}]}"
    (tmp_path / "a.json").write_bytes(b"[" + ONE + b"," + ONE + b"]")
    (tmp_path / "b.ndjson").write_bytes(bundle + b"\n" + bundle)
    (tmp_path / "c.json").write_bytes(ONE + b"\n" + ONE)
    found = Heard().read(tmp_path / "a.json", tmp_path / "b.ndjson", tmp_path / "c.json")
    assert found == ["a.json#1", "a.json#2", "b.ndjson:1#1", "b.ndjson:2#1", "c.json:1", "c.json:2"]


def test_a_resource_larger_than_any_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "big.ndjson"
    with path.open("wb") as file:
        file.write(b'{"resourceType":"Binary","data":"')
        for _ in range(33):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n' + ONE)
    heard = Heard()
    assert heard.read(path) == ["big.ndjson:2"]
    assert heard.told == [("big.ndjson:1", "is larger than any resource we take (32 MB)")]


# Cutting large bundles

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(['"', "\\", '\\"', "[{", "}]", "é"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


class Slowly(io.BytesIO):
    """Gives a few bytes at a time, whatever is asked for."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(content)
        self.size = size

    def read(self, _size: int | None = -1, /) -> bytes:
        return super().read(self.size)


@given(
    before=st.dictionaries(st.text(max_size=5), JSON, max_size=3),
    entries=st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=3), max_size=6),
    size=st.integers(1, 40),
    ascii_only=st.booleans(),
)
def test_cutting_finds_exactly_the_entries(before, entries, size, ascii_only) -> None:
    before.pop("entry", None)
    text = json.dumps({**before, "entry": entries, "after": [{"entry": [1]}]}, ensure_ascii=ascii_only).encode()
    assert [json.loads(one) for one in splitting.entries(Slowly(text, size))] == entries


@given(st.binary(max_size=60), st.integers(1, 20))
def test_cutting_anything_ends_in_entries_or_in_words(text: bytes, size: int) -> None:
    try:
        list(splitting.entries(Slowly(b'{"entry":[{},' + text, size)))
    except splitting.NotABundle as why:
        assert str(why)


def large(path: Path, *, end: str = "]}") -> Path:
    """A bundle of two patients that is too large to be parsed whole, with one entry that is too large for anything."""
    padding = "x" * (17 << 20)
    filling = {"resource": {"resourceType": "Claim", "id": "1", "text": padding, "patient": fhir.urn("ida")}}
    monster = {"resource": {"resourceType": "Claim", "id": "2", "text": padding + padding}}
    with path.open("w") as file:
        file.write('{"resourceType":"Bundle","entry":[')
        charts = [fhir.patient("ida"), fhir.practitioner(), fhir.organisation(), *fhir.chart("ida")]
        for one in [*charts, fhir.patient("bo"), *fhir.chart("bo")]:
            file.write(fhir.text({"fullUrl": f"urn:uuid:{one['id']}", "resource": one}) + ",")
        file.write(fhir.text(filling) + "," + fhir.text(monster) + end)
    return path


@pytest.mark.django_db
def test_a_large_bundle_is_imported_piece_by_piece(imported: Importing, tmp_path: Path) -> None:
    report = imported(large(tmp_path / "large.json"))
    assert (report.patients, report.total("imported"), report.in_part) == (2, 30, {})
    assert reasons(report) == {
        "Claim": ["money is not part of the clinical record; the accounts of another system stay there"],
        "(unreadable)": ["is larger than any resource we take (32 MB)"],
    }
    assert models.Goal.objects.exclude(care_plan=None).count() == 2


@pytest.mark.django_db
def test_of_a_large_bundle_that_breaks_off_nothing_is_imported(imported: Importing, tmp_path: Path) -> None:
    before = everything()
    report = imported(large(tmp_path / "large.json", end=""))
    assert set(report.left_out) == {
        ("(unreadable)", "is larger than any resource we take (32 MB)"),
        ("(unreadable)", "the file ends in the middle of the bundle (after 32 entries); nothing of it was imported"),
    }
    assert everything() == before
    assert Patient.objects.count() == 0
