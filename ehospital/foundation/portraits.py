"""A portrait out of whatever a camera gave: looked at by content, cut square, in two sizes, with nothing else in it."""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from ehospital.algorithms import file_types
from ehospital.algorithms.file_types import FileType, Refusal

LARGE: Final = 480
SMALL: Final = 96
MOST_PIXELS: Final = 40_000_000
LEAST_PIXELS: Final = 64
"""Fewer on a side show nobody."""
_FORMATS: Final = {FileType.JPEG: "JPEG", FileType.PNG: "PNG", FileType.WEBP: "WEBP"}
_MIDDLE_OF_A_FACE: Final = (0.5, 0.4)


class UnusablePicture(ValueError):
    """No portrait can be made of it; `why` says which thing."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(f"the picture is {why.value}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Portrait:
    """The same picture as WebP in two sizes, square, turned upright, without place, time or camera."""

    large: bytes
    small: bytes


def portrait(content: bytes) -> Portrait:
    """Make a portrait of a JPEG, PNG or WebP.

    Args:
        content: all of it; of a file that is too large, a part that is too large.
    Raises:
        UnusablePicture: it is none of these, damaged, or too large to be drawn.
    """
    judged = file_types.judge(content)
    if judged.refusal is not None:
        raise UnusablePicture(judged.refusal)
    if judged.type not in _FORMATS:
        raise UnusablePicture(Refusal.UNKNOWN)
    if (file_types.pixels(content, judged.type) or 0) > MOST_PIXELS:
        raise UnusablePicture(Refusal.TOO_MANY_PIXELS)
    try:
        return _drawn(content, _FORMATS[judged.type])
    except Image.DecompressionBombError as error:
        raise UnusablePicture(Refusal.TOO_MANY_PIXELS) from error
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, EOFError) as error:
        raise UnusablePicture(Refusal.DAMAGED) from error


def _drawn(content: bytes, form: str) -> Portrait:
    with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=[form]) as opened:
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        if opened.width * opened.height > MOST_PIXELS:  # the header said less
            raise Image.DecompressionBombError("more pixels than its header says")
        if min(opened.size) < LEAST_PIXELS:
            raise ValueError("too small to show anybody")
        opened.draft("RGB", (LARGE * 2, LARGE * 2))  # a JPEG is read at a fraction of its size
        upright = ImageOps.exif_transpose(opened)
        plain = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA")
        plain.paste(seen, mask=seen.getchannel("A"))
        return Portrait(*(_square(plain, size) for size in (LARGE, SMALL)))


def _square(picture: Image.Image, size: int) -> bytes:
    held = io.BytesIO()
    ImageOps.fit(picture, (size, size), centering=_MIDDLE_OF_A_FACE).save(held, "WEBP", quality=82, method=4)
    return held.getvalue()
