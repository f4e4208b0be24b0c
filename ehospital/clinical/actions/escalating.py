"""Telling of critical results until somebody acknowledges them."""

from datetime import datetime

from ehospital.clinical.models import DiagnosticReport, Order
from ehospital.people import access


def tell(report: DiagnosticReport, order: Order, *, by: access.Actor, at: datetime) -> None:
    """Tell of a critical result, step by step, in the caller's transaction."""


def settle(report: DiagnosticReport, *, by: access.Actor, at: datetime) -> None:
    """Stop telling of a result, in the caller's transaction."""
