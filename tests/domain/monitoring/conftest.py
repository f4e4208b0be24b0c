"""The ward that most tests of monitoring look at."""

from datetime import datetime, timedelta

import pytest

from tests.factories import monitoring as make


@pytest.fixture
def ward(now: datetime) -> make.WardOfTests:
    """Patients in beds, of whom the first has been watched by the monitor m1 for half an hour."""
    built = make.ward(now)
    make.device("m1", patient_id=built.patient_ids[0], since=now - timedelta(minutes=30))
    return built
