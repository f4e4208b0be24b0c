"""Contrast of the colour tokens, computed from the style sheet itself (WCAG 2.2, relative luminance)."""

import re
from dataclasses import dataclass
from pathlib import Path

SHEET = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
TEXT, EDGE = 4.5, 3.0

_BLOCK = re.compile(r"(?P<head>:root[^{]*)\{(?P<body>[^{}]*)\}")
_COLOUR = re.compile(r"--(?P<name>[\w-]+):(?P<value>#[0-9a-fA-F]{3,6})\b")
_STATUS = ("info", "ok", "warn", "bad", "mute")
_NEWS = ("n0", "n1", "n2", "n3", "n4", "nu")

PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, ground, TEXT) for ground in ("page", "card", "sunken") for ink in ("ink", "ink-2", "brand-text")),
    ("brand-ink", "brand", TEXT),
    ("bar-ink", "bar-bg", TEXT),
    ("brand-text", "brand-soft", TEXT),
    ("bad-ink", "card", TEXT),
    ("bad-ink", "page", TEXT),
    ("bad-ink", "sunken", TEXT),
    ("nu-ink", "card", TEXT),
    ("bad-bg", "bad-ink", TEXT),
    *((f"{name}-ink", f"{name}-bg", TEXT) for name in (*_STATUS, *_NEWS)),
    # a control, a chip or a band must be found by its edge
    *(("line-strong", ground, EDGE) for ground in ("page", "card", "sunken")),
    *((f"{name}-edge", ground, EDGE) for name in _STATUS for ground in (f"{name}-bg", "card", "page")),
    *((f"{name}-edge", "card", EDGE) for name in _NEWS),
    *(("focus", ground, EDGE) for ground in ("page", "card", "sunken", "brand-soft")),
    ("brand", "card", EDGE),
    ("brand", "page", EDGE),
    *((f"t-{trace}", "card", EDGE) for trace in ("hr", "bp", "spo2", "rr", "temp")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One pair in one theme."""

    theme: str
    fore: str
    ground: str
    fore_value: str
    ground_value: str
    ratio: float
    wanted: float

    @property
    def enough(self) -> bool:
        """Whether the pair reaches what it must."""
        return self.ratio >= self.wanted


def blocks(sheet: str) -> list[tuple[str, dict[str, str]]]:
    """Return each `:root` block of a style sheet: its selector and its colour tokens."""
    return [
        (found["head"].strip(), {one["name"]: one["value"] for one in _COLOUR.finditer(found["body"])})
        for found in _BLOCK.finditer(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    ]


def themes(sheet: str | None = None) -> dict[str, dict[str, str]]:
    """Return the colour tokens of both themes; dark stands on light where it says nothing."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for head, colours in blocks(SHEET.read_text() if sheet is None else sheet):
        if head == ":root":
            light |= colours
        elif "dark" in head:
            dark |= colours
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rgb` or `#rrggbb`, from 0 to 1."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def measured() -> list[Measured]:
    """Return every pair in both themes."""
    return [
        Measured(theme, fore, ground, colours[fore], colours[ground], ratio(colours[fore], colours[ground]), wanted)
        for theme, colours in themes().items()
        for fore, ground, wanted in PAIRS
    ]
