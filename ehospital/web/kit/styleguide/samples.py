"""What the style guide shows: each component in each state, with made-up values and no made-up people."""

from datetime import UTC, datetime, timedelta
from math import sin
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator

from ehospital.web.kit.banner import Allergy, AllergyState, PatientBanner
from ehospital.web.kit.board import AlertCard, BedCard, BedState, Flag, due, tally
from ehospital.web.kit.news import NewsChip, chip
from ehospital.web.kit.plots import plot
from ehospital.web.kit.sparkline import spark
from ehospital.web.kit.vitals import Vital, vital

NOW = datetime(2026, 11, 23, 10, 46, tzinfo=UTC)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Family name", help_text="As on the identity card.")
    born = forms.DateField(label="Born", widget=forms.DateInput(attrs={"type": "date"}))
    route = forms.ChoiceField(label="Route", choices=[("oral", "by mouth"), ("iv", "into a vein")])
    mode = forms.ChoiceField(label="How", choices=[("here", "In person"), ("video", "Video")], widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(
        label="Days", choices=[("1", "Monday"), ("2", "Tuesday")], widget=forms.CheckboxSelectMultiple, required=False
    )
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    agreed = forms.BooleanField(label="The patient agrees", help_text="Asked in a language they understand.")
    letter = forms.FileField(label="Letter", required=False)


def chips() -> list[tuple[str, NewsChip]]:
    """Return every look of a score."""
    return [
        ("zero", chip(0, "zero", trend="steady")),
        ("low, falling", chip(2, "low", trend="down")),
        ("a single 3", chip(3, "lowmed", trend="up")),
        ("medium", chip(6, "medium", trend="up")),
        ("high", chip(9, "high", trend="up")),
        ("no signal", chip(4, "low", silent=True)),
        ("never scored", chip(None)),
        ("partial, would be low", chip(1, "low", partial=True, missing=["temp", "consciousness"])),
        ("partial, already high", chip(7, "high", partial=True, missing=["temp"])),
    ]


def vitals(state: str = "sick") -> tuple[Vital, ...]:
    """Return the five signs of a bed card."""
    if state == "missing":
        return tuple(vital(key, None) for key in ("rr", "spo2", "sbp", "hr", "temp"))
    if state == "well":
        return (
            vital("rr", 15),
            vital("spo2", 97, oxygen_l_min=0),
            vital("sbp", 128, second=76),
            vital("hr", 71),
            vital("temp", 36.8),
        )
    return (
        vital("rr", 27, points=3),
        vital("spo2", 93, points=2, oxygen_l_min=2, oxygen_points=2),
        vital("sbp", 101, second=58, points=1),
        vital("hr", 114, points=2),
        vital("temp", 39.1, points=2, old=state == "old"),
    )


def strip() -> tuple[Vital, ...]:
    """Return the six signs of a chart's strip."""
    return (*vitals("old"), vital("consciousness", "C", points=3))


def _wave(middle: float, swing: float) -> list[tuple[datetime, float | None]]:
    return [
        (NOW - timedelta(minutes=240 - 5 * step), middle + swing * sin(step / 4) + step / 12 * swing / 3)
        for step in range(48)
    ]


def traces() -> tuple[Any, ...]:
    """Return two traces."""
    return (spark("hr", _wave(95, 5), until=NOW), spark("spo2", _wave(95, 0.7), until=NOW))


def _lying(vitals_: str) -> dict[str, Any]:
    """Return what the card of an occupied bed shows beside its score."""
    return {
        "vitals": vitals(vitals_),
        "sparks": traces(),
        "name": "Sample, A",
        "about": "69 F · Sepsis, urinary source",
        "url": "#",
    }


def beds() -> list[BedCard]:
    """Return a bed in each state."""
    return [*_live_beds(), *_doubtful_beds(), *_empty_beds()]


def _live_beds() -> list[BedCard]:
    flags = tuple(Flag(text) for text in ("Falls", "Isolation", "Nil by mouth", "1:1"))
    sick, well, live = _lying("sick"), _lying("well"), BedState.LIVE
    confused = (Flag("New confusion", "bad"), *flags)
    falling, rising = chip(2, "low", trend="down"), chip(12, "high", trend="up")
    return [
        BedCard("s1", "A1", live, patient_id="p1", news=chip(0, "zero"), due=due(200), **well),
        BedCard("s2", "A2", live, patient_id="p2", news=falling, flags=flags[:1], due=due(35), **well),
        BedCard("s3", "A3", live, patient_id="p3", news=rising, flags=confused, due=due(-12), **sick),
        BedCard("s4", "A4", live, patient_id="p4", news=chip(3, "lowmed"), flags=flags[:2], due=due(0), **sick),
        BedCard("s5", "A5", live, patient_id="p5", news=chip(6, "medium"), due=due(75), **sick),
    ]


def _doubtful_beds() -> list[BedCard]:
    """Beds of which not everything is known now."""
    partly = {**_lying("well"), "vitals": (*vitals("well")[:4], vital("temp", None))}
    never = {**_lying("missing"), "sparks": (), "name": "Sample, B", "about": "44 M"}
    silent = BedState.SILENT
    return [
        BedCard(
            "s6", "A6", silent, "No signal 6 min", "p6", news=chip(0, "zero", silent=True),
            due=due(40), **_lying("sick"),
        ),
        BedCard(
            "s7", "B1", BedState.PARTIAL, "Incomplete", "p7", news=chip(1, "low", partial=True, missing=["temp"]),
            due=due(None), **partly,
        ),
        BedCard("s8", "B2", silent, "No monitor", "p8", news=chip(None), due=due(20), **never),
    ]  # fmt: skip


def _empty_beds() -> list[BedCard]:
    return [BedCard("s9", "B3", BedState.EMPTY), BedCard("s10", "B4", BedState.EMPTY, state_words="Cleaning")]


def alerts() -> list[AlertCard]:
    """Return an alert of each priority and state."""
    at = NOW - timedelta(minutes=4)

    def one(number: str, priority: str, what: str, ago: str, bed: str, **more: Any) -> AlertCard:
        return AlertCard(
            number,
            priority,
            what,
            at,
            ago,
            bed_code=bed,
            patient_name="Sample, A",
            url="#",
            acknowledge_url="#",
            **more,
        )

    emergency = {"response": "Emergency response"}
    return [
        one("a1", "high", "NEWS2 12, new confusion", "4 min ago", "A3", **emergency),
        one("a2", "medium", "NEWS2 6, was 4", "9 min ago", "A5", owner="Ward 4", owner_is_person=False),
        one("a3", "technical", "The monitor stopped sending", "6 min ago", "A6", response="Check the monitor"),
        one("a4", "low", "Glucose sensor warming up", "20 min ago", "A2"),
        one("a5", "high", "NEWS2 9", "12 min ago", "A4", state="acknowledged", owner="Doctor on call", **emergency),
        one("a6", "medium", "NEWS2 5", "1 h ago", "A1", state="closed", owner="Nurse in charge"),
    ]


def banners() -> list[PatientBanner]:
    """Return a banner for each of the three facts about allergies."""
    facts = (
        ("Born", "14-Mar-1957 (69 y)"),
        ("Sex", "Female"),
        ("Hospital no.", "483 920 117"),
        ("Location", "Ward 4 · A3"),
        ("Weight", "71 kg, today"),
    )
    listed = (Allergy("Penicillin", "Anaphylaxis", "severe"), Allergy("Latex", "Contact rash", "moderate"))
    return [
        PatientBanner("p1", "SAMPLE, A", facts, AllergyState.LISTED, listed, news=chip(9, "high", trend="up")),
        PatientBanner("p2", "SAMPLE, B", facts, AllergyState.NONE_KNOWN, news=chip(0, "zero")),
        PatientBanner(
            "p3",
            "SAMPLE, C",
            facts[:3],
            AllergyState.NOT_RECORDED,
            allergy_url="#",
            news=chip(None),
            opened="Opened under break-the-glass until 11:46. The privacy officer knows.",
        ),
    ]


def everything() -> dict[str, Any]:
    """Return the context of the style guide."""
    bound = SampleForm({"name": "", "note": "What was typed is kept."}, auto_id="sent_%s")
    shown = beds()
    return {
        "chips": chips(),
        "strip": strip(),
        "beds": shown,
        "alerts": alerts(),
        "tally": tally(shown),
        "banners": banners(),
        "plots": [plot("hr", _wave(95, 5)), plot("spo2", _wave(95, 0.7))],
        "free_form": SampleForm(),
        "bound_form": bound,
        "page_obj": Paginator(range(95), 10).page(4),
        "steps": ["Reason", "Time", "Confirm"],
        "message_kinds": ("info", "ok", "warn", "bad"),
        "spoken": SimpleNamespace(name="Sample, A"),
    }
