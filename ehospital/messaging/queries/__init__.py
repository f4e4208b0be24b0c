"""Reads of messages."""

from ehospital.messaging.queries.notices import NoticeView, PersonTold, notices, unread_count
from ehospital.messaging.queries.wishes import browsers, wishes

__all__ = ["NoticeView", "PersonTold", "browsers", "notices", "unread_count", "wishes"]
