"""Reads of monitoring: the ward's board, alerts, vital signs, curves, devices."""

from ehospital.monitoring.queries.alerts import alert, alert_events, open_alerts
from ehospital.monitoring.queries.board import ward_board
from ehospital.monitoring.queries.caring import InCare, in_my_care
from ehospital.monitoring.queries.devices import devices
from ehospital.monitoring.queries.live import views_changed
from ehospital.monitoring.queries.recorded_sets import RecordedSet, recorded_set, recorded_sets
from ehospital.monitoring.queries.series import sampled, series
from ehospital.monitoring.queries.views import (
    AlertView,
    BedView,
    Board,
    BoardPatient,
    DeviceView,
    News,
    Series,
    Value,
    Vitals,
)
from ehospital.monitoring.queries.vitals import current_vitals

__all__ = [
    "AlertView",
    "BedView",
    "Board",
    "BoardPatient",
    "DeviceView",
    "InCare",
    "News",
    "RecordedSet",
    "Series",
    "Value",
    "Vitals",
    "alert",
    "alert_events",
    "current_vitals",
    "devices",
    "in_my_care",
    "open_alerts",
    "recorded_set",
    "recorded_sets",
    "sampled",
    "series",
    "views_changed",
    "ward_board",
]
