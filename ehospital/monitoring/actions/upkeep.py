"""Keeping the tables of readings in shape."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from ehospital.monitoring.models import Quarantine, ReplayWindow
from ehospital.monitoring.models.readings import KEPT_DAYS

AHEAD_DAYS = 3
WINDOWS_KEPT = timedelta(days=14)
"""A device that was switched off longer counts as new: far beyond the 72 hours for which its messages could repeat."""
QUARANTINE_KEPT = timedelta(days=30)


@transaction.atomic
def make_partitions(*, at: datetime) -> int:
    """Make every partition into which a reading of now may fall, and return how many were made."""
    first = (at - timedelta(days=KEPT_DAYS + 1)).date()
    with connection.cursor() as cursor:
        cursor.execute("SELECT monitoring_make_partitions(%s, %s)", [first, KEPT_DAYS + 2 + AHEAD_DAYS])
        return int(cursor.fetchone()[0])


@transaction.atomic
def clear_intake(*, at: datetime) -> int:
    """Remove old replay windows and quarantined messages, and return how many rows went."""
    windows, _ = ReplayWindow.objects.filter(touched_at__lt=at - WINDOWS_KEPT).delete()
    messages, _ = Quarantine.objects.filter(received_at__lt=at - QUARANTINE_KEPT).delete()
    return windows + messages
