"""What a file is, by what it holds; whether a chart takes it; and a name for it that no system trips over.

A file is what its first bytes say, never what its name or the browser says. Taken are PDF (ISO 32000), PNG (ISO 15948),
JPEG (ISO 10918), WebP (RFC 9649) and plain text in UTF-8: what every browser shows without running anything. An archive
is never opened here, so none can burst; a picture is measured by its header before anything draws it. The sizes are the
project's own judgement.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

VERSION: Final = "file-types-1"
MOST_BYTES: Final = 20 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000


class FileType(StrEnum):
    """What a chart takes, by its media type."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    TEXT = "text/plain"


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    ARCHIVE = "an archive"
    UNKNOWN = "of no type that is taken"
    LYING = "not what its name says"
    DAMAGED = "cut off or damaged"
    TOO_MANY_PIXELS = "too many pixels"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file is, and why it is not taken (None: it is)."""

    type: FileType | None
    refusal: Refusal | None


ENDINGS: Final[dict[FileType, tuple[str, ...]]] = {
    FileType.PDF: (".pdf",),
    FileType.PNG: (".png",),
    FileType.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    FileType.WEBP: (".webp",),
    FileType.TEXT: (".txt", ".text"),
}
_ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ\x00")
_ENDING: Final = re.compile(r"\.[a-z0-9]{1,5}$")
_UNSAFE: Final = re.compile(r"[/\\:*?\"<>|]+")
# Frame headers of JPEG, which hold its size; DHT, JPG and DAC lie among their numbers and are none.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def judge(content: bytes, name: str = "") -> Judged:
    """Tell what a file is and whether a chart takes it.

    Args:
        content: all of it; of a file that is too large, the first `MOST_BYTES` + 1 are enough.
        name: as its owner calls it; an ending that means another type is a lie.
    """
    if not content:
        return Judged(None, Refusal.EMPTY)
    if len(content) > MOST_BYTES:
        return Judged(None, Refusal.TOO_LARGE)
    if content.startswith(_ARCHIVES):
        return Judged(None, Refusal.ARCHIVE)
    found = recognised(content)
    if found is None:
        return Judged(None, Refusal.UNKNOWN)
    ending = _ENDING.search(name.lower().strip())
    if ending and ending[0] not in ENDINGS[found] and (found is not FileType.TEXT or _means_another(ending[0])):
        return Judged(found, Refusal.LYING)
    if not _whole(content, found):
        return Judged(found, Refusal.DAMAGED)
    size = pixels(content, found)
    if size is not None and size > MOST_PIXELS:
        return Judged(found, Refusal.TOO_MANY_PIXELS)
    return Judged(found, Refusal.DAMAGED if size == 0 else None)


def recognised(content: bytes) -> FileType | None:
    """Return what the content is; None when it is nothing that is taken."""
    if content.startswith(b"%PDF-"):
        return FileType.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileType.WEBP
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    plain = all(sign in "\t\n\r\f" or unicodedata.category(sign) != "Cc" for sign in set(text))
    return FileType.TEXT if plain else None


def pixels(content: bytes, kind: FileType) -> int | None:
    """Return how many pixels a picture says that it has; 0 when it does not say so, None when it is no picture."""
    if kind is FileType.PNG:
        return int.from_bytes(content[16:20]) * int.from_bytes(content[20:24]) if content[12:16] == b"IHDR" else 0
    if kind is FileType.JPEG:
        return _jpeg_pixels(content)
    return _webp_pixels(content) if kind is FileType.WEBP else None


def harmless_name(name: str, kind: FileType) -> str:
    """Return a file name without path, control signs or signs that turn the writing round, with its true ending."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
    stem = re.sub(r"\s+", " ", _UNSAFE.sub(" ", plain)).strip(" .")
    for ending in ENDINGS[kind]:
        if stem.lower().endswith(ending):
            stem = stem[: -len(ending)].strip(" .")
    return f"{stem[:100].strip(' .') or 'document'}{ENDINGS[kind][0]}"


def _means_another(ending: str) -> bool:
    return any(ending in endings for kind, endings in ENDINGS.items() if kind is not FileType.TEXT)


def _whole(content: bytes, kind: FileType) -> bool:
    tail = content[-1024:]
    if kind is FileType.PDF:
        return b"%%EOF" in tail
    if kind is FileType.PNG:
        return b"IEND" in tail
    if kind is FileType.JPEG:
        return b"\xff\xd9" in tail
    return kind is not FileType.WEBP or int.from_bytes(content[4:8], "little") + 8 <= len(content) + 1


def _jpeg_pixels(content: bytes) -> int:
    place = 2
    while place + 9 < len(content):
        if content[place] != 0xFF:
            return 0
        marker = content[place + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:  # filling, and markers without a length
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            return int.from_bytes(content[place + 5 : place + 7]) * int.from_bytes(content[place + 7 : place + 9])
        place += 2 + max(2, int.from_bytes(content[place + 2 : place + 4]))
    return 0


def _webp_pixels(content: bytes) -> int:
    form = content[12:16]
    if form == b"VP8X" and len(content) >= 30:
        return (int.from_bytes(content[24:27], "little") + 1) * (int.from_bytes(content[27:30], "little") + 1)
    if form == b"VP8L" and len(content) >= 25:
        bits = int.from_bytes(content[21:25], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    if form == b"VP8 " and len(content) >= 30:
        wide, high = int.from_bytes(content[26:28], "little"), int.from_bytes(content[28:30], "little")
        return (wide & 0x3FFF) * (high & 0x3FFF)
    return 0
