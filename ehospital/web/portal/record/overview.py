"""The latest result of every test, with its course: what the record, the list of results and the paper show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ehospital.clinical.queries import Trend
from ehospital.web.portal.curves import Curve, curve
from ehospital.web.portal.plain_results import PlainResult, plain


@dataclass(frozen=True, slots=True)
class Told:
    """One test: its latest result, the one before, its course, and how many values are in reach of the picture."""

    category: str
    latest: PlainResult
    previous: PlainResult | None
    curve: Curve | None


def told(trends: Sequence[Trend]) -> list[Told]:
    """Return every test that says something, the most recently measured first."""
    newest_first = sorted(trends, key=lambda trend: (trend.latest.effective_at, trend.latest.id), reverse=True)
    found = (
        Told(
            trend.latest.category,
            plain(trend.latest),
            plain(trend.previous) if trend.previous else None,
            curve(trend.points),
        )
        for trend in newest_first
    )
    return [one for one in found if one.latest.known]


def groups(results: Sequence[Told]) -> list[tuple[str, list[Told]]]:
    """Return the results by kind, in the order in which people look for them."""
    kinds = {
        "laboratory": _("Laboratory"),
        "vital-signs": _("Measured on the body"),
        "imaging": _("Pictures and scans"),
        "exam": _("Examinations"),
        "procedure": _("Examinations"),
        "survey": _("Questions that you answered"),
        "social-history": _("Your life and habits"),
    }
    other = _("Other results")
    found: dict[str, list[Told]] = {title: [] for title in (*kinds.values(), other)}
    for one in results:
        found[kinds.get(one.category, other)].append(one)
    return [(title, held) for title, held in found.items() if held]
