"""What the score of the product says about a simulated bed: the newest value of each observation, second by second."""

from collections.abc import Iterator

from ehospital.algorithms import early_warning
from ehospital.simulation.stories import BedStory, frame_at

# Noon in winter, so that neither night nor summer time plays a part.
NOON = 1_767_268_800


def bed(story: str, name: str = "A1", **more: float) -> BedStory:
    """Return a bed whose demo began at noon."""
    return BedStory(bed=name, story=story, seed=7, zero=NOON, **more)  # type: ignore[arg-type]


def scores(of: BedStory, seconds: int, *, scale: int | None = None, begin: int = 0) -> Iterator[tuple[int, int]]:
    """Yield (second, NEWS2) from the newest values, for each second at which the set is complete."""
    newest: dict[str, object] = {}
    scale = of.plot.spo2_scale if scale is None else scale
    for second in range(begin, begin + seconds):
        frame = frame_at(of, NOON + second, measured=second == begin, entered=second == begin)
        newest |= {alias: value for alias, value, _ in frame.observations} if frame else {}
        result = early_warning.score_json({**newest, "spo2_scale": scale, "age_years": of.age})
        if not result["partial"]:
            yield second, result["score"]


def first_at(of: BedStory, wanted: int, seconds: int = 1500) -> int | None:
    """Return the first second, after the story began, at which the score reaches `wanted`."""
    return next((second for second, score in scores(of, seconds) if score >= wanted), None)
