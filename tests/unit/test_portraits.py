"""A portrait out of what a camera gave: square, small, upright, and without anything else in it."""

import io

import pytest
from PIL import Image

from ehospital.algorithms.file_types import MOST_BYTES, Refusal
from ehospital.foundation import portraits
from tests.factories.files import PDF, picture, png, zip_bomb


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("wide", "high"), [(200, 120), (64, 64), (64, 900), (1200, 64)])
def test_it_is_square_in_two_sizes_whatever_came(form: str, wide: int, high: int) -> None:
    made = portraits.portrait(picture(wide, high, form))
    for content, size in ((made.large, portraits.LARGE), (made.small, portraits.SMALL)):
        shown = opened(content)
        assert (shown.format, shown.size, shown.mode) == ("WEBP", (size, size), "RGB")
        assert len(shown.getexif()) == 0
        assert b"Camera of somebody" not in content


def test_it_is_turned_as_the_camera_was_held() -> None:
    held = io.BytesIO()
    seen = Image.new("RGB", (400, 400), "white")
    seen.paste((200, 0, 0), (0, 0, 400, 200))  # red above, as the sensor lay
    about = Image.Exif()
    about[0x0112] = 3  # held upside down
    seen.save(held, "JPEG", exif=about)
    made = opened(portraits.portrait(held.getvalue()).large)
    red, white = made.getpixel((240, 460)), made.getpixel((240, 20))
    assert isinstance(red, tuple) and isinstance(white, tuple)
    assert red[1] < 60 < white[1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Refusal.EMPTY),
        (PDF, Refusal.UNKNOWN),
        (b"<script>alert(1)</script>", Refusal.UNKNOWN),
        (zip_bomb(), Refusal.ARCHIVE),
        (picture() + b" " * MOST_BYTES, Refusal.TOO_LARGE),
        (png(100_000, 100_000), Refusal.TOO_MANY_PIXELS),
        (png(8_000, 5_001), Refusal.TOO_MANY_PIXELS),
        (png(500, 500), Refusal.DAMAGED),
        (picture(63, 200), Refusal.DAMAGED),
        (picture()[:300] + b"\xff\xd9", Refusal.DAMAGED),
        (b"MZ\x90\x00\xff", Refusal.UNKNOWN),
    ],
    ids=["empty", "pdf", "script", "archive", "large", "bomb", "too many", "lying", "tiny", "cut", "program"],
)
def test_what_is_no_picture_is_refused(content: bytes, why: Refusal) -> None:
    with pytest.raises(portraits.UnusablePicture) as raised:
        portraits.portrait(content)
    assert raised.value.why is why
