"""Where resources wait until the rest of their patient has come: files on the disk, divided by patient.

A bulk export has a file for each type, so a patient is complete only when everything was read; and a bundle may name
what comes later. What waits is appended to one of many files, chosen by the patient. At the end each file is read by
itself: it holds whole patients, and is small enough for memory (one that is not is divided again).
"""

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec

FILES = 64
LARGEST_FILE = 48 << 20
MOST_LINES = 750_000
DEEPEST = 4


class Line(msgspec.Struct, array_like=True):
    """One resource on its way into a chart. `links` are what the URNs in it stand for: (type, id)."""

    number: int
    kind: str
    id: str
    full_url: str
    where: str
    raw: bytes
    links: dict[str, tuple[str, str]] = {}


class _Frame(msgspec.Struct, array_like=True):
    patient: str
    line: Line | None = None
    seen: bytes = b""


@dataclass
class Unit:
    """Everything that one transaction writes: lines of one patient.

    `patient` is "Patient/<id>", or "Patient?<system>|<value>" when only a number of theirs is known. `final` means that
    nothing more will come: what leads nowhere now, leads nowhere. `medicines` are the Medication resources referred to,
    `urns` what URNs stand for, beyond those of the lines themselves.
    """

    patient: str
    lines: list[Line]
    final: bool = False
    medicines: dict[str, bytes] = field(default_factory=dict)
    urns: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(len(line.raw) for line in self.lines)


@dataclass
class Group:
    """What waited for one patient: lines in the order of the input, and marks of those written already.

    The lines of a very large group have no bytes: `load` brings them from the disk, a few at a time.
    """

    patient: str
    lines: list[Line] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    size: int = 0
    too_large: bool = False
    _file: Path | None = None
    _places: dict[int, tuple[int, int]] = field(default_factory=dict)

    def load(self, lines: list[Line]) -> list[Line]:
        """Return these lines of the group with their bytes."""
        if self._file is None:
            return lines
        with self._file.open("rb") as file:
            return [self._at(file, self._places[line.number][0]) for line in lines]

    def size_of(self, line: Line) -> int:
        """Return how many bytes a line has when it is loaded."""
        return self._places[line.number][1] if line.number in self._places else len(line.raw)

    @staticmethod
    def _at(file: IO[bytes], place: int) -> Line:
        file.seek(place)
        line = _decode(file.read(int.from_bytes(file.read(4), "big"))).line
        assert line is not None
        return line

    def add(self, line: Line, size: int) -> None:
        """Take one more line, unless there are more than memory holds even without their bytes."""
        self.size += size
        if len(self.lines) >= MOST_LINES:
            self.too_large = True
        line.kind = sys.intern(line.kind)
        self.lines.append(line)


def mark(kind: str, resource_id: str) -> bytes:
    """Return the eight bytes by which a resource is known to have been seen."""
    return hashlib.blake2b(f"{kind}/{resource_id}".encode(), digest_size=8).digest()


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Frame).decode


class WaitingRoom:
    """Files of a temporary folder; nothing of it outlives the import."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ehospital-import-")
        self._files: dict[str, IO[bytes]] = {}
        self.waiting = 0

    def __enter__(self) -> "WaitingRoom":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()
        self._folder.cleanup()

    def add(self, patient: str, line: Line) -> None:
        """Let a resource wait."""
        self.waiting += 1
        self._append(self._name(patient, 0), _Frame(patient, line))

    def written(self, patient: str, lines: list[Line]) -> None:
        """Remember what was written without waiting, so that it is not written a second time."""
        marks = b"".join(mark(line.kind, line.id) for line in lines)
        self._append(self._name(patient, 0), _Frame(patient, None, marks))

    def groups(self) -> Iterator[Group]:
        """Yield what waited, a patient at a time; those known only by a number come last."""
        for name in sorted(self._files):
            self._files[name].close()
        names = sorted(self._files)
        self._files = {}
        for name in names:
            yield from self._groups(name, 1)

    def _groups(self, name: str, depth: int) -> Iterator[Group]:
        path = Path(self._folder.name, name)
        if path.stat().st_size > LARGEST_FILE and depth < DEEPEST:
            for _, frame in self._frames(path):
                self._append(f"{name}-{self._name(frame.patient, depth)}", frame)
            path.unlink()
            names = sorted(inner for inner in self._files if inner.startswith(f"{name}-"))
            for inner in names:
                self._files.pop(inner).close()
            for inner in names:
                yield from self._groups(inner, depth + 1)
            return
        large = path.stat().st_size > LARGEST_FILE
        yield from _gathered(self._frames(path), path if large else None)
        path.unlink()

    def _frames(self, path: Path) -> Iterator[tuple[int, _Frame]]:
        """Yield what lies in a file, and where."""
        place = 0
        with path.open("rb") as file:
            while head := file.read(4):
                size = int.from_bytes(head, "big")
                yield place, _decode(file.read(size))
                place += size + 4

    def _append(self, name: str, frame: _Frame) -> None:
        if name not in self._files:
            self._files[name] = Path(self._folder.name, name).open("ab")  # noqa: SIM115  (closed by `groups`)
        data = _encode(frame)
        self._files[name].write(len(data).to_bytes(4, "big") + data)

    @staticmethod
    def _name(patient: str, depth: int) -> str:
        digest = hashlib.blake2b(patient.encode(), digest_size=8, salt=bytes([depth])).digest()
        last = "z" if patient.startswith("Patient?") else "a"
        return f"{last}{digest[0] % FILES:02d}"


def _gathered(frames: Iterator[tuple[int, _Frame]], path: Path | None) -> Iterator[Group]:
    """Put together what belongs to one patient; of a large file only the places are kept, not the bytes."""
    groups: dict[str, Group] = {}
    for place, frame in frames:
        group = groups.setdefault(frame.patient, Group(frame.patient, _file=path))
        for start in range(0, len(frame.seen), 8):
            group.seen.add(frame.seen[start : start + 8])
        if frame.line is None:
            continue
        size = len(frame.line.raw)
        if path is not None:
            group._places[frame.line.number] = (place, size)
            frame.line.raw = b""
        group.add(frame.line, size)
    for group in groups.values():
        if group.lines:
            group.lines.sort(key=lambda line: line.number)
            yield group
