"""From streams of JSON to resources: what each is, whose it is, and its bytes; nothing else is parsed yet."""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from ehospital.fhir.importing import splitting
from ehospital.fhir.importing.inputs import DAMAGED, Piece, Told
from ehospital.fhir.references import Target, id_of, target

LARGEST_WHOLE = 16 << 20
"""A file up to this size is parsed whole; a larger one is cut into entries first."""
LARGEST_RESOURCE = splitting.LARGEST_RESOURCE
MOST_ELEMENTS = 1_000_000
LOOSE_AT_ONCE = 500
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as it came. `about` is whom it is about, as far as it says."""

    where: str
    kind: str
    id: str
    full_url: str
    about: Target | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Resources that came together; `whole` when they are one complete bundle."""

    resources: list[Resource]
    whole: bool


class _Bundle(msgspec.Struct):
    resourceType: Any = None  # noqa: N815  (FHIR's word)
    entry: list[msgspec.Raw] | None = None


class _Entry(msgspec.Struct):
    fullUrl: Any = None  # noqa: N815
    resource: msgspec.Raw = msgspec.Raw()


class _Head(msgspec.Struct):
    resourceType: Any = None  # noqa: N815
    id: Any = None
    subject: Any = None
    patient: Any = None


_read_bundle = msgspec.json.Decoder(_Bundle).decode
_read_entry = msgspec.json.Decoder(_Entry).decode
_read_head = msgspec.json.Decoder(_Head).decode
_read_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_PROBLEMS = (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeDecodeError)


def batches(piece: Piece, told: Told) -> Iterator[Batch]:
    """Yield the resources of one file; what cannot be read is told, and the rest goes on."""
    try:
        if piece.lines:
            yield from _lines(piece.where, piece.stream, told)
            return
        start = _read_up_to(piece.stream, LARGEST_WHOLE + 1)
        if len(start) > LARGEST_WHOLE:
            yield from _large(piece, start, told)
        else:
            yield from _document(piece.where, start, told)
    except DAMAGED as error:
        told.unreadable(piece.where, f"cannot be read to its end: {_first_line(error)}")


def _read_up_to(stream: IO[bytes], most: int) -> bytes:
    parts, left = [], most
    while left > 0 and (chunk := stream.read(min(left, 1 << 20))):
        parts.append(chunk)
        left -= len(chunk)
    return b"".join(parts).removeprefix(_BOM)


def _document(where: str, text: bytes, told: Told) -> Iterator[Batch]:
    """One file: a bundle, a resource, a list of resources, or a resource a line whatever its name says."""
    if text.count(b",") > MOST_ELEMENTS:
        yield from _large(Piece(where, False, io.BytesIO()), text, told)
        return
    try:
        if text.lstrip()[:1] == b"[":
            found = [_loose(f"{where}#{place}", bytes(raw), told) for place, raw in enumerate(_read_list(text), 1)]
            yield Batch([one for one in found if one], whole=False)
        elif _read_head(text).resourceType == "Bundle":
            yield from _bundle(where, text, told)
        elif one := _loose(where, text, told):
            yield Batch([one], whole=False)
    except _PROBLEMS as error:
        lines = text.splitlines()
        if len(lines) > 1 and _is_json(lines[0]):
            yield from _lines(where, io.BytesIO(text), told)
        else:
            told.unreadable(where, f"is not JSON: {_first_line(error)}" if text.strip() else "is empty")


def _is_json(line: bytes) -> bool:
    try:
        _read_head(line)
    except _PROBLEMS:
        return False
    return True


def _bundle(where: str, text: bytes, told: Told) -> Iterator[Batch]:
    try:
        entries = _read_bundle(text).entry or []
    except msgspec.ValidationError as error:
        told.unreadable(where, f"is a bundle of the wrong form: {_first_line(error)}")
        return
    found = [_in_bundle(f"{where}#{place}", bytes(raw), told) for place, raw in enumerate(entries, 1)]
    yield Batch([one for one in found if one], whole=True)


def _in_bundle(where: str, raw: bytes, told: Told) -> Resource | None:
    try:
        entry = _read_entry(raw)
    except _PROBLEMS as error:
        told.unreadable(where, f"is no entry: {_first_line(error)}")
        return None
    if bytes(entry.resource) in (b"", b"null"):
        told.unreadable(where, "is an entry without a resource")
        return None
    return _loose(where, bytes(entry.resource), told, entry.fullUrl if isinstance(entry.fullUrl, str) else "")


def _loose(where: str, raw: bytes, told: Told, full_url: str = "") -> Resource | None:
    if len(raw) > LARGEST_RESOURCE or raw.count(b",") > MOST_ELEMENTS:
        told.unreadable(where, f"is larger than any resource we take ({LARGEST_RESOURCE >> 20} MB)")
        return None
    try:
        head = _read_head(raw)
    except _PROBLEMS as error:
        told.unreadable(where, f"is not JSON: {_first_line(error)}")
        return None
    kind = head.resourceType
    if not isinstance(kind, str) or not kind.isalpha() or len(kind) > 60:
        told.unreadable(where, "is no FHIR resource: it has no resourceType")
        return None
    about = target(head.patient) or target(head.subject)
    return Resource(where, kind, id_of(head.id, full_url), full_url, about, raw)


def _lines(where: str, stream: IO[bytes], told: Told) -> Iterator[Batch]:
    loose: list[Resource] = []
    number = 0
    while line := stream.readline(LARGEST_RESOURCE + 1):
        number += 1
        place = f"{where}:{number}"
        if len(line) > LARGEST_RESOURCE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
            told.unreadable(place, f"is larger than any resource we take ({LARGEST_RESOURCE >> 20} MB)")
            continue
        text = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
        if not text:
            continue
        one = _loose(place, text, told)
        if one and one.kind == "Bundle":
            yield from _bundle(place, text, told)
        elif one:
            loose.append(one)
        if len(loose) >= LOOSE_AT_ONCE:
            yield Batch(loose, whole=False)
            loose = []
    yield Batch(loose, whole=False)


def _large(piece: Piece, start: bytes, told: Told) -> Iterator[Batch]:
    """A large bundle is looked through to its end before anything of it counts: a broken one leaves nothing behind."""
    with tempfile.TemporaryFile() as kept:
        number = 0
        try:
            for number, entry in enumerate(splitting.entries(piece.stream, start), 1):
                if isinstance(entry, splitting.TooLarge):
                    what = f"is larger than any resource we take ({LARGEST_RESOURCE >> 20} MB)"
                    told.unreadable(f"{piece.where}#{number}", what)
                    entry = b""
                kept.write(len(entry).to_bytes(4, "big") + entry)
        except splitting.NotABundle as error:
            told.unreadable(piece.where, f"{error} (after {number} entries); nothing of it was imported")
            return
        kept.seek(0)
        yield from _kept(piece.where, kept, told)


def _kept(where: str, kept: IO[bytes], told: Told) -> Iterator[Batch]:
    loose: list[Resource] = []
    number = 0
    while size := kept.read(4):
        number += 1
        entry = kept.read(int.from_bytes(size, "big"))
        if entry and (one := _in_bundle(f"{where}#{number}", entry, told)):
            loose.append(one)
        if len(loose) >= LOOSE_AT_ONCE:
            yield Batch(loose, whole=False)
            loose = []
    yield Batch(loose, whole=False)


def _first_line(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested deeper than any resource"
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
