"""From what monitoring answers to what the kit draws: values become words, and nothing unknown becomes a number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext as in_words  # of a text that is marked elsewhere
from django.utils.translation import gettext_noop, ngettext

from ehospital.clinical.models import SafetyFlag
from ehospital.monitoring.queries import AlertView, BedView, News, Vitals
from ehospital.web.kit.board import AlertCard, BedCard, BedState, Flag, due
from ehospital.web.kit.durations import ago, span
from ehospital.web.kit.news import NewsChip, chip
from ehospital.web.kit.sparkline import spark
from ehospital.web.kit.vitals import Vital, vital, written
from ehospital.web.kit.words import for_scripts

BED_SIGNS = ("rr", "spo2", "sbp", "hr", "temp")
CHART_SIGNS = (*BED_SIGNS, "consciousness")
_STATES = {"open": "opened"}
_GRAVE = {"dnacpr", "isolation", "self-harm", "difficult-airway", "bleeding"}


def news_chip(news: News, *, silent: bool = False) -> NewsChip:
    """Return the chip of a score."""
    return chip(news.score, news.band, trend=news.trend, partial=news.partial, missing=news.missing, silent=silent)


# The reasons of the algorithm, in its own words, so that they are collected for translation.
NO_SCORE = (
    gettext_noop("NEWS2 is not valid under 16 years; use a paediatric score"),
    gettext_noop("NEWS2 is not valid under 16 years, and the birth date does not tell whether the patient is older"),
    gettext_noop("NEWS2 is not valid in pregnancy; use a maternity score"),
)


def why_no_score(news: News) -> str:
    """Return why this patient cannot be scored by NEWS2, empty when they can."""
    return in_words(news.why_not) if news.why_not else ""


def signs(vitals: Vitals, keys: Sequence[str] = BED_SIGNS) -> tuple[Vital, ...]:
    """Return the cells of these vital signs; a sign that was never measured is "?", an earlier one says so."""
    return tuple(_sign(vitals, key) for key in keys)


def _sign(vitals: Vitals, key: str) -> Vital:
    held = vitals.values.get(key)
    if held is None and key == "hr":
        held = vitals.values.get("pulse")
    if held is None:
        return vital(key, None)
    old = held.stale or vitals.signal == "silent"
    points = 0 if old else held.points or 0
    if key == "sbp":
        dbp = vitals.values.get("dbp")
        return vital(key, held.value, points=points, old=old, second=_number(dbp.value) if dbp else None)
    if key == "spo2":
        oxygen = vitals.values.get("oxygen")
        litres = _number(oxygen.value) if oxygen and not oxygen.stale else None
        extra = 0 if old or litres is None or oxygen is None else oxygen.points or 0
        return vital(key, held.value, points=points, old=old, oxygen_l_min=litres, oxygen_points=extra)
    return vital(key, held.value, points=points, old=old)


def _number(value: float | str) -> float | None:
    return None if isinstance(value, str) else value


def photo_url(patient_id: UUID, photo_id: UUID | None) -> str:
    """Return the address of the small photo; empty without one, then the initials stand there."""
    return reverse("patient_photo_file", args=[patient_id, photo_id, "small"]) if photo_id else ""


def bed_card(bed: BedView, *, at: datetime, flags: tuple[Flag, ...] = (), photo_id: UUID | None = None) -> BedCard:
    """Return the card of one bed."""
    if bed.patient is None or bed.vitals is None:
        return BedCard(bed.bed_id, bed.code, BedState.EMPTY)
    state = BedState(bed.state)
    return BedCard(
        id=bed.bed_id,
        code=bed.code,
        state=state,
        state_words=signal_words(bed.vitals, at),
        patient_id=bed.patient.id,
        name=bed.patient.name,
        url=reverse("chart", args=[bed.patient.id]),
        photo_url=photo_url(bed.patient.id, photo_id),
        about=_about(bed),
        news=news_chip(bed.vitals.news, silent=state is BedState.SILENT),
        vitals=signs(bed.vitals),
        sparks=tuple(spark(key, points, until=at) for key, points in bed.spark.items()),
        flags=flags,
        due=due(minutes_until_due(bed.vitals, at)),
    )


def _about(bed: BedView) -> str:
    assert bed.patient is not None
    age = "?" if bed.patient.age_years is None else str(bed.patient.age_years)
    sex = {"male": _("M"), "female": _("F"), "other": _("X")}.get(bed.patient.sex, "?")
    return " · ".join(filter(None, (f"{age} {sex}", bed.patient.reason)))


def signal_words(vitals: Vitals, at: datetime) -> str:
    """Return what a bed without a full live signal says: since when it is silent, or that the set is incomplete."""
    say = for_scripts()
    if vitals.signal == "silent":
        if vitals.heard_at is None:
            return say["no_signal"]
        minutes = int((at - vitals.heard_at).total_seconds() // 60)
        return f"{say['no_signal']} {span(minutes)}" if minutes else say["no_signal"]
    return say["incomplete"] if vitals.signal == "partial" else ""


def minutes_until_due(vitals: Vitals, at: datetime) -> int | None:
    """Return minutes until the next observations are due; negative once they are late, 0 in between."""
    if vitals.due_at is None:
        return None if vitals.observed_at is None else 0
    if vitals.late_at is not None and at > vitals.late_at:
        return -max(1, int((at - vitals.late_at).total_seconds() // 60))
    return max(0, int((vitals.due_at - at).total_seconds() // 60))


def alert_card(alert: AlertView, *, at: datetime, may_acknowledge: bool) -> AlertCard:
    """Return the card of one alert, its owner always named."""
    technical = alert.kind == "technical"
    return AlertCard(
        id=alert.id,
        priority="technical" if technical else alert.priority,
        what=_what(alert),
        opened_at=alert.opened_at,
        ago=ago(alert.opened_at, at),
        response=_response(alert),
        state=_STATES.get(alert.state, alert.state),
        owner=alert.owner,
        owner_is_person=alert.owner_is_person,
        bed_id=alert.bed_id or "",
        bed_code=alert.bed_code,
        patient_id=alert.patient_id,
        patient_name=alert.patient_name,
        url=reverse("chart", args=[alert.patient_id]),
        acknowledge_url=reverse("alert_acknowledge", args=[alert.id]) if may_acknowledge else "",
    )


def _response(alert: AlertView) -> str:
    if alert.kind == "technical":
        return {
            "lead_off": _("Check the probe"),
            "device_silent": _("Look at the patient, then at the monitor"),
            "battery_low": _("Charge the monitor"),
            "clock_skew": _("Set the monitor's clock"),
        }.get(alert.cause, _("Check the monitor"))
    return {"high": _("Emergency response"), "medium": _("Urgent review")}.get(alert.priority, _("Review"))


def _what(alert: AlertView) -> str:
    facts = alert.facts
    if alert.cause == "news2":
        score = _("NEWS2 at least {score}") if facts.get("partial") else _("NEWS2 {score}")
        signs_at_it = [_worst(key, facts) for key in _worst_first(facts)]
        return ", ".join(filter(None, (score.format(score=facts.get("score", "?")), *signs_at_it)))
    if alert.cause == "battery_low" and facts.get("battery_percent") is not None:
        return _("Battery at {percent} %").format(percent=round(facts["battery_percent"]))
    if alert.cause == "clock_skew" and facts.get("clock_ahead_s") is not None:
        seconds = round(abs(facts["clock_ahead_s"]))
        return ngettext("Clock {n} second off", "Clock {n} seconds off", seconds).format(n=seconds)
    return {
        "lead_off": _("A probe is off: no reading from it"),
        "device_silent": _("The monitor has stopped sending"),
        "battery_low": _("Battery low"),
        "clock_skew": _("The clock is off"),
    }.get(alert.cause, alert.cause)


def _worst_first(facts: Mapping[str, Any]) -> list[str]:
    parts = facts.get("parts", {})
    return sorted((key for key, points in parts.items() if points >= 2), key=lambda key: (-parts[key], key))[:3]


def _worst(key: str, facts: Mapping[str, Any]) -> str:
    value = facts.get("values", {}).get(key)
    if value is None:
        return ""
    if key == "consciousness":
        return written(key, value)
    names = {"rr": _("RR"), "spo2": _("SpO₂"), "sbp": _("BP"), "hr": _("HR"), "temp": "°C", "oxygen": _("O₂")}
    return f"{names.get(key, key)} {written(key, value)}"


def flag_of(flag: SafetyFlag) -> Flag:
    """Return a safety flag as the kit draws it: its own words where it has some."""
    return Flag(flag.words or str(SafetyFlag.Kind(flag.kind).label), "bad" if flag.kind in _GRAVE else "warn")
