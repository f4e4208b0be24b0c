"""Base models, and the tables that every domain writes to: audit, history, codes, files, outbox, the demo's inbox."""

from ehospital.foundation.models.auditing import AuditEvent, AuditSeal, CurrentTransaction
from ehospital.foundation.models.codes import CodeEntry, CodeSystem, CodeWord
from ehospital.foundation.models.files import OPEN_STATES, FileState, KeptFile
from ehospital.foundation.models.history import ExactDecoder, RowChange
from ehospital.foundation.models.messages import DemoMail, OutboxMessage
from ehospital.foundation.models.records import AppendOnlyError, AppendOnlyModel, AppendOnlyQuerySet, Record

__all__ = [
    "OPEN_STATES",
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
    "FileState",
    "KeptFile",
    "OutboxMessage",
    "Record",
    "RowChange",
]
