"""Rows of messages locked in a fixed order: the subject, then the notice, then its messages."""

from uuid import UUID

from ehospital.foundation import locks
from ehospital.messaging.models import Delivery, Notice


def subject(kind: str, name: str) -> None:
    """Hold what is announced and settled under one kind and subject until the transaction ends."""
    locks.advisory(f"notice:{kind}:{name}")


def notice(notice_id: UUID) -> Notice | None:
    """Lock one notice; None when there is none."""
    return next(iter(locks.rows(Notice.objects.all(), [notice_id])), None)


def delivery(delivery_id: UUID) -> Delivery | None:
    """Lock one message with its notice beside it; None when there is none."""
    return next(iter(locks.rows(Delivery.objects.select_related("notice"), [delivery_id])), None)
