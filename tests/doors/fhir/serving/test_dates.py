"""Dates in searches against a slow oracle: stretches of time, compared as FHIR R4 says, one line at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ehospital.clinical import actions, models
from ehospital.clinical.details import Moment
from ehospital.fhir.serving import dates
from ehospital.fhir.serving.observations import OBSERVATION
from ehospital.fhir.serving.parameters import Asking
from ehospital.people.models import Patient
from tests.factories import clinical, people

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)

# The clocks change on 31 March and 27 October 2024; a leap day; the end of a year.
DAYS = st.sampled_from(
    ["2023-12-31", "2024-01-01", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-31", "2024-10-27", "2024-12-31"]
)
CLOCKS = st.sampled_from(["00:00:00", "01:59:59", "02:00:00", "02:30:00", "12:00:00.5", "23:59:59", "12:00"])
ZONES = st.sampled_from(["Z", "+01:00", "+02:00", "-05:00"])
TEXTS = st.one_of(
    DAYS,
    DAYS.map(lambda day: day[:7]),
    DAYS.map(lambda day: day[:4]),
    st.tuples(DAYS, CLOCKS, ZONES).map(lambda parts: f"{parts[0]}T{parts[1]}{parts[2]}"),
)


def bounds(text: str) -> tuple[datetime, datetime]:
    """The stretch that a text means, worked out the slow way."""
    if "T" in text:
        at = datetime.fromisoformat(text).astimezone(UTC)
        clock = text[11:].rstrip("Z").split("+")[0].split("-")[0]
        fraction = clock.partition(".")[2]
        step = (
            timedelta(seconds=10.0 ** -len(fraction))
            if fraction
            else timedelta(seconds=1 if clock.count(":") == 2 else 60)
        )
        return at, at + step
    parts = [int(part) for part in text.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    first = datetime(year, month, day, tzinfo=OSLO)
    if len(parts) == 3:
        after = first + timedelta(days=1)  # by the clock on the wall
    else:
        over = len(parts) == 1 or month == 12
        after = first.replace(year=year + over, month=1 if over else month + 1)
    return first.astimezone(UTC), after.astimezone(UTC)


def stored(text: str) -> tuple[Moment, tuple[datetime, datetime]]:
    """A moment as it is stored for a text, and the stretch that it stands for."""
    low, high = bounds(text)
    precision = "time" if "T" in text else {10: "day", 7: "month", 4: "year"}[len(text)]
    return Moment(low, precision), (low, low + timedelta(microseconds=1) if precision == "time" else high)


def fits(prefix: str, line: tuple[datetime, datetime], asked: tuple[datetime, datetime]) -> bool:
    """FHIR R4, search, date: in its own words."""
    contained = asked[0] <= line[0] and line[1] <= asked[1]
    reaches_above, reaches_below = line[1] > asked[1], line[0] < asked[0]
    return {
        "eq": contained,
        "ne": not contained,
        "gt": reaches_above,
        "lt": reaches_below,
        "ge": reaches_above or contained,
        "le": reaches_below or contained,
        "sa": line[0] >= asked[1],
        "eb": line[1] <= asked[0],
    }[prefix]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(TEXTS, min_size=1, max_size=6), asked=TEXTS, prefix=st.sampled_from(dates.PREFIXES))
@example(
    lines=["2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+01:00"], asked="2024-10-27T02:30:00+01:00", prefix="eq"
)
@example(lines=["2024-03"], asked="2024-03", prefix="eq")
@example(lines=["2024-03-31"], asked="2024-03", prefix="eq")
def test_a_date_finds_what_the_standard_says(settings: Any, lines: list[str], asked: str, prefix: str) -> None:
    settings.TIME_ZONE = "Europe/Oslo"
    key = people.patient()
    wanted = set()
    for text in lines:
        moment, stretch = stored(text)
        made = clinical.potassium("4", AT)
        fields = {name: getattr(made, name) for name in made.__dataclass_fields__} | {"effective": moment}
        line = actions.record_result(key, type(made)(**fields), by=people.machinery(AT), at=AT)
        if fits(prefix, stretch, bounds(asked)):
            wanted.add(line)
    ask = Asking(AT, "", Patient.objects.all())
    condition = OBSERVATION.parameters["date"].condition(f"{prefix}{asked}", "", ask)
    found = models.Observation.objects.filter(condition, patient_id=key)
    assert set(found.values_list("pk", flat=True)) == wanted
