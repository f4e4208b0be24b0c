"""From paths to streams of JSON: folders, archives inside archives, compressed files; nothing is ever held whole."""

import bz2
import gzip
import io
import lzma
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

DEEPEST_ARCHIVE = 4
DAMAGED: tuple[type[Exception], ...] = (
    OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, RuntimeError,
    NotImplementedError,
)  # fmt: skip
"""What reading a damaged or encrypted archive raises."""

_TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")
_JSON = (".json", ".fhir")
_LINES = (".ndjson", ".jsonl")


class Told(Protocol):
    """Who hears of what cannot be read."""

    def unreadable(self, where: str, why: str) -> None: ...
    def skipped(self, where: str, why: str) -> None: ...


@dataclass(frozen=True)
class Piece:
    """One file of JSON, perhaps inside archives. Reading `stream` may raise one of `DAMAGED`."""

    where: str
    lines: bool
    """Whether it holds a resource a line."""
    stream: IO[bytes]


def total_bytes(paths: Sequence[Path]) -> int:
    """Return how many bytes there are to read, as they lie on the disk."""
    return sum(file.stat().st_size for _, file in _files(paths) if file.is_file())


def pieces(paths: Sequence[Path], told: Told, progressed: Callable[[int], None]) -> Iterator[Piece]:
    """Yield every file of JSON in order of its name; each must be read before the next is asked for.

    Args:
        progressed: told how many more bytes of the disk were read.
    """
    for where, file in _files(paths):
        try:
            with _Counted(file, progressed) as stream:
                yield from _opened(where, stream, told, DEEPEST_ARCHIVE)
        except DAMAGED as error:
            told.unreadable(where, f"cannot be read: {_words(error)}")


def _files(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
            yield from ((str(file.relative_to(path.parent)), file) for file in inside)
        else:
            yield path.name, path


class _Counted(io.FileIO):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, progressed: Callable[[int], None]) -> None:
        super().__init__(str(path), "rb")
        self._progressed = progressed

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer) or 0
        self._progressed(count)
        return count

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(-1 if size is None else size) or b""
        self._progressed(len(data))
        return data


def _opened(where: str, stream: Any, told: Told, deeper: int) -> Iterator[Piece]:
    name = where.lower()
    if deeper == 0:
        told.unreadable(where, f"more than {DEEPEST_ARCHIVE} archives inside each other")
    elif name.endswith(_TARS):
        yield from _tar(where, stream, told, deeper)
    elif name.endswith(".zip"):
        yield from _zip(where, stream, told, deeper)
    elif name.endswith((".gz", ".xz", ".bz2")):
        with _unpacked(name, stream) as inner:
            yield from _opened(where[: where.rfind(".")], inner, told, deeper - 1)
    elif name.endswith((*_JSON, *_LINES)):
        yield Piece(where, name.endswith(_LINES), io.BufferedReader(stream, 1 << 20) if _raw(stream) else stream)
    else:
        told.skipped(where, "neither .json nor .ndjson, nor an archive of such")


def _raw(stream: Any) -> bool:
    return isinstance(stream, io.RawIOBase)


def _unpacked(name: str, stream: Any) -> Any:
    if name.endswith(".gz"):
        return gzip.GzipFile(fileobj=stream)
    return lzma.LZMAFile(stream) if name.endswith(".xz") else bz2.BZ2File(stream)


def _tar(where: str, stream: Any, told: Told, deeper: int) -> Iterator[Piece]:
    with tarfile.open(fileobj=stream, mode="r|*") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                yield from _member(f"{where}/{member.name}", content, told, deeper)


def _zip(where: str, stream: Any, told: Told, deeper: int) -> Iterator[Piece]:
    with tempfile.TemporaryFile() as spool:
        if not stream.seekable() or not isinstance(stream, io.FileIO):
            shutil.copyfileobj(stream, spool, 1 << 20)
            stream = spool
        with zipfile.ZipFile(stream) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    with archive.open(member) as content:
                        yield from _member(f"{where}/{member.filename}", content, told, deeper)


def _member(where: str, content: Any, told: Told, deeper: int) -> Iterator[Piece]:
    """A member that is itself damaged must not end the archive that it lies in."""
    if where.rsplit("/", 1)[-1].startswith("."):
        return
    try:
        yield from _opened(where, content, told, deeper - 1)
    except (lzma.LZMAError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        told.unreadable(where, f"cannot be read: {_words(error)}")


def _words(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
