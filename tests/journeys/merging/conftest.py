"""Who merges, and what."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from ehospital.people.access import Role
from tests.factories import clinical, people
from tests.journeys.merging.records import FULL, SHORT, chart, register


@pytest.fixture
def desk(now: datetime) -> people.Staff:
    return people.staff(Role.RECEPTIONIST, at=now - timedelta(days=1))


@pytest.fixture
def both(now: datetime) -> tuple[UUID, UUID]:
    """An older, fuller record and a newer one, each with a chart, an account and somebody who cares."""
    before = now - timedelta(days=1)
    keys = register(FULL, before), register(SHORT, before)
    for key, words in zip(keys, ("one", "two"), strict=True):
        chart(key, before, words)
        clinical.carer(key, at=before)
    return keys
