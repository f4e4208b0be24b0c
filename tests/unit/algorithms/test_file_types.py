"""What a chart takes: every type, every lie, every boundary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.file_types import (
    ENDINGS,
    MOST_BYTES,
    MOST_PIXELS,
    FileType,
    Judged,
    Refusal,
    harmless_name,
    judge,
    pixels,
    recognised,
)  # fmt: skip
from tests.factories.files import PDF, jpeg, png, webp, zip_bomb

WHOLE = {
    FileType.PDF: PDF,
    FileType.PNG: png(),
    FileType.JPEG: jpeg(),
    FileType.WEBP: webp(),
    FileType.TEXT: "Dear colleague,\r\n\tتقرير – ok\n".encode(),
}


@pytest.mark.parametrize("kind", FileType)
def test_each_type_is_taken_under_each_of_its_names_and_under_none(kind: FileType) -> None:
    for name in ("", "scan", *(f"Scan 1{ending.upper()}" for ending in ENDINGS[kind])):
        assert judge(WHOLE[kind], name) == Judged(kind, None)


@pytest.mark.parametrize("kind", FileType)
@pytest.mark.parametrize("other", FileType)
def test_a_name_of_another_type_is_a_lie(kind: FileType, other: FileType) -> None:
    told = judge(WHOLE[kind], f"scan{ENDINGS[other][0]}").refusal
    assert told == (None if kind is other else Refusal.LYING)


def test_a_program_under_the_name_of_a_picture_is_refused() -> None:
    assert judge(b"MZ\x90\x00\x03\x00\xff", "scan.png").refusal is Refusal.UNKNOWN
    assert judge(WHOLE[FileType.PNG], "scan.exe").refusal is Refusal.LYING
    # Text is shown as text whatever it is called: a web page in it stays letters.
    assert judge(b"<script>alert(1)</script>", "letter.html") == Judged(FileType.TEXT, None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Refusal.EMPTY),
        (zip_bomb(), Refusal.ARCHIVE),
        (b"\x1f\x8b\x08\x00", Refusal.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c", Refusal.ARCHIVE),
        (b"Rar!\x1a\x07", Refusal.ARCHIVE),
        (b"\xff\xfe\x00", Refusal.UNKNOWN),
        (b"a\x00b", Refusal.UNKNOWN),
        (b"a\x1bb", Refusal.UNKNOWN),
        (b"GIF89a", None),
        (PDF[:-10], Refusal.DAMAGED),
        (png()[:-12], Refusal.DAMAGED),
        (jpeg()[:-2], Refusal.DAMAGED),
        (webp()[:-3], Refusal.DAMAGED),
        (b"\xff\xd8\xff\xd9", Refusal.DAMAGED),
        (png(0, 5), Refusal.DAMAGED),
    ],
)
def test_what_is_refused_and_why(content: bytes, why: Refusal | None) -> None:
    assert judge(content).refusal is why


def test_the_most_bytes_and_pixels_are_the_last_that_are_taken() -> None:
    assert judge(b"a" * MOST_BYTES).refusal is None
    assert judge(b"a" * (MOST_BYTES + 1)).refusal is Refusal.TOO_LARGE
    for picture in (png, jpeg, webp):
        assert judge(picture(MOST_PIXELS // 1000, 1000)).refusal is None
        assert judge(picture(MOST_PIXELS // 1000 + 1, 1000)).refusal is Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize("picture", [png, jpeg, webp])
def test_a_picture_is_measured_by_its_header(picture) -> None:
    kind = recognised(picture(300, 200))
    assert kind is not None
    assert pixels(picture(300, 200), kind) == 60_000


def test_the_other_forms_of_webp_are_measured_too() -> None:
    lossless = b"RIFF" + bytes(4) + b"WEBPVP8L" + bytes(4) + b"\x2f" + (299 | 199 << 14).to_bytes(4, "little")
    lossy = b"RIFF" + bytes(4) + b"WEBPVP8 " + bytes(4) + bytes(3) + b"\x9d\x01\x2a" + b"\x2c\x01\xc8\x00"
    assert pixels(lossless, FileType.WEBP) == pixels(lossy, FileType.WEBP) == 60_000


@given(st.binary(max_size=300) | st.sampled_from(list(WHOLE.values())).flatmap(
    lambda whole: st.tuples(st.integers(0, len(whole)), st.binary(max_size=30)).map(
        lambda cut: whole[: cut[0]] + cut[1] + whole[cut[0] :]
    )
))  # fmt: skip
def test_whatever_is_sent_is_judged(content: bytes) -> None:
    judged = judge(content, "scan.pdf")
    assert judged.type is not None or judged.refusal is not None
    assert judged.refusal is not None or content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("letter.pdf", "letter.pdf"),
        ("LETTER.PDF", "LETTER.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\scans\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("gpj.\u202efdp", "gpj.fdp.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("x" * 500 + ".pdf", "x" * 100 + ".pdf"),
        ("تقرير.pdf", "تقرير.pdf"),
    ],
)
def test_a_name_harms_nobody(name: str, harmless: str) -> None:
    assert harmless_name(name, FileType.PDF) == harmless


@given(st.text(max_size=200), st.sampled_from(FileType))
def test_every_name_becomes_one_that_stays(name: str, kind: FileType) -> None:
    made = harmless_name(name, kind)
    assert made.endswith(ENDINGS[kind][0])
    assert not set(made) & set('/\\:*?"<>|\0\r\n\u202e')
    assert len(made) <= 110
