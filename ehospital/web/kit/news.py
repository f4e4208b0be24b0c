"""The NEWS2 chip: what a score looks like and says. What is not known is "?", never a reassuring number."""

from collections.abc import Iterable
from dataclasses import dataclass

from ehospital.web.kit.words import for_scripts

BANDS = ("zero", "low", "lowmed", "medium", "high", "unknown")
_MARKS = {"lowmed": "!", "medium": "!", "high": "!!"}
_ARROWS = {"up": "▲", "down": "▼"}


@dataclass(frozen=True, slots=True)
class NewsChip:
    """One chip. `text` is what stands in it, `words` what a screen reader says."""

    text: str
    band: str
    mark: str
    arrow: str
    words: str
    partial: bool = False


def chip(
    score: int | None,
    band: str = "unknown",
    *,
    trend: str = "",
    partial: bool = False,
    missing: Iterable[str] = (),
    silent: bool = False,
) -> NewsChip:
    """Return the chip of a score.

    Args:
        score: NEWS2 points, or None when there is none.
        band: one of BANDS, as the algorithm gave it.
        trend: up, down, steady or empty.
        partial: the set was incomplete: a low score then shows as "?", a high one as "7?" (at least 7).
        missing: the keys that were missing (rr, spo2, oxygen, sbp, hr, temp, consciousness).
        silent: the bed sends nothing: whatever the last score was, it is not known now.
    """
    say = for_scripts()
    gaps = [say.get(key, key) for key in missing]
    lacking = say["news_missing"].format(names=", ".join(gaps)) if gaps else ""
    if silent or score is None or band not in BANDS or band == "unknown" or (partial and band in {"zero", "low"}):
        words = ", ".join(filter(None, (say["news_unknown"], say["no_signal"] if silent else "", lacking)))
        return NewsChip(text="?", band="unknown", mark="", arrow="", words=words, partial=partial)
    phrase = say["news_partial" if partial else "news_known"].format(score=score, risk=say[f"risk_{band}"])
    return NewsChip(
        text=f"{score}?" if partial else str(score),
        band=band,
        mark=_MARKS.get(band, ""),
        arrow=_ARROWS.get(trend, ""),
        words=", ".join(filter(None, (phrase, say.get(trend, ""), lacking))),
        partial=partial,
    )
