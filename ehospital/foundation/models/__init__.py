"""Base models, and the tables that every domain writes to: audit, history, codes, outbox and the demo's inbox."""

from ehospital.foundation.models.auditing import AuditEvent, AuditSeal, CurrentTransaction
from ehospital.foundation.models.codes import CodeEntry, CodeSystem, CodeWord
from ehospital.foundation.models.history import ExactDecoder, RowChange
from ehospital.foundation.models.messages import DemoMail, OutboxMessage
from ehospital.foundation.models.records import AppendOnlyError, AppendOnlyModel, AppendOnlyQuerySet, Record

__all__ = [
    "AppendOnlyError",
    "AppendOnlyModel",
    "AppendOnlyQuerySet",
    "AuditEvent",
    "AuditSeal",
    "CodeEntry",
    "CodeSystem",
    "CodeWord",
    "CurrentTransaction",
    "DemoMail",
    "ExactDecoder",
    "OutboxMessage",
    "Record",
    "RowChange",
]
