"""What stands over every page of a chart: banner, flags, tabs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.clinical import queries
from ehospital.clinical.models import Allergy as RecordedAllergy
from ehospital.clinical.models import SafetyFlag
from ehospital.clinical.queries import AllergyList
from ehospital.clinical.queries import AllergyState as Recorded
from ehospital.estate import queries as estate
from ehospital.monitoring import queries as monitoring
from ehospital.monitoring.queries import Vitals
from ehospital.people import access
from ehospital.people import queries as people
from ehospital.people.models import Patient
from ehospital.web.kit.banner import Allergy, AllergyState, PatientBanner
from ehospital.web.kit.board import Flag
from ehospital.web.kit.dates import clock, day, known
from ehospital.web.kit.durations import span
from ehospital.web.kit.page import PageRequest
from ehospital.web.kit.presenting import flag_of, news_chip, photo_url, why_no_score

_STATES = {
    Recorded.RECORDED: AllergyState.LISTED,
    Recorded.NONE_KNOWN: AllergyState.NONE_KNOWN,
    Recorded.NOT_RECORDED: AllergyState.NOT_RECORDED,
}

TABS: tuple[tuple[str, Promise], ...] = (
    ("chart", gettext_lazy("Summary")),
    ("chart_observations", gettext_lazy("Observations")),
    ("chart_results", gettext_lazy("Results")),
    ("chart_growth", gettext_lazy("Growth")),
    ("chart_orders", gettext_lazy("Orders")),
    ("chart_medicines", gettext_lazy("Medicines")),
    ("chart_plans", gettext_lazy("Plans")),
    ("chart_history", gettext_lazy("History")),
    ("chart_notes", gettext_lazy("Notes")),
    ("chart_forms", gettext_lazy("Forms")),
    ("chart_documents", gettext_lazy("Documents")),
    ("chart_timeline", gettext_lazy("Timeline")),
    ("chart_changes", gettext_lazy("Changes")),
)


_GROWN = 19


@dataclass(frozen=True)
class Tab:
    """One tab of the chart."""

    url: str
    label: Promise
    current: bool


@dataclass(frozen=True)
class ChartHead:
    """Everything that the frame of a chart draws; an address is empty for whoever may not go there."""

    patient: Patient
    banner: PatientBanner
    flags: Sequence[Flag]
    tabs: Sequence[Tab]
    edit_url: str
    record_url: str
    no_score: str
    may_write: bool
    vitals: Vitals
    close_url: str = ""
    take_out_url: str = ""
    consents_url: str = ""
    restricted: bool = False


def chart_head(
    patient: Patient,
    *,
    allergies: AllergyList,
    flags: Sequence[SafetyFlag],
    vitals: Vitals,
    tab: str,
    actor: access.Actor,
    restricted: bool = False,
) -> ChartHead:
    """Return the frame of one page of a chart."""
    at = actor.at
    broken = access.glass_of(actor, patient.id)
    edit = access.Permission.PATIENT_EDIT
    may_edit = access.may(actor, edit, patient_id=patient.id) if broken else access.holds(actor, edit)
    word = access.Permission.CONSENT_RECORD
    may_consent = access.may(actor, word, patient_id=patient.id) if broken else access.holds(actor, word)
    may_record = access.may(actor, access.Permission.OBSERVATION_RECORD, patient_id=patient.id)
    may_take_out = access.may(actor, access.Permission.CHART_TAKE_OUT, patient_id=patient.id)
    return ChartHead(
        patient=patient,
        banner=PatientBanner(
            patient_id=str(patient.id),
            name=patient.name_text,
            facts=_facts(patient, vitals, at),
            allergy_state=_STATES[allergies.state],
            allergies=tuple(_allergy(one) for one in allergies.active),
            news=None if patient.deceased else news_chip(vitals.news, silent=vitals.signal == "silent"),
            opened=_opened_words(broken) if broken else "",
            photo_url=photo_url(patient.id, people.standing_photo(patient.id, viewer=actor)),
            photo_edit_url=reverse("patient_photo", args=[patient.id]) if may_edit else "",
        ),
        flags=[flag_of(one) for one in flags],
        tabs=_tabs(patient, tab, at),
        edit_url=reverse("patient_edit", args=[patient.id]) if may_edit else "",
        record_url=reverse("chart_record", args=[patient.id]) if may_record else "",
        no_score=why_no_score(vitals.news),
        may_write=access.may(actor, access.Permission.CHART_WRITE, patient_id=patient.id),
        consents_url=reverse("consents", args=[patient.id]) if may_consent else "",
        close_url=reverse("glass_close", args=[broken.id]) if broken else "",
        take_out_url=reverse("chart_take_out", args=[patient.id]) if may_take_out else "",
        vitals=vitals,
        restricted=restricted,
    )


def _tabs(patient: Patient, tab: str, at: datetime) -> list[Tab]:
    """Return the tabs of a chart; growth is one of children, and of whoever is looked at there."""
    age = patient.age_at(at)
    shown = [one for one in TABS if one[0] != "chart_growth" or tab == one[0] or (age is not None and age < _GROWN)]
    return [Tab(reverse(name, args=[patient.id]), label, name == tab) for name, label in shown]


def _opened_words(broken: access.Glass) -> str:
    words = _(
        "Opened with a reason, outside of your care, until {end}. Every look is reviewed, and the patient sees it."
    )
    said = words.format(end=clock(broken.ends_at))
    return _("The patient has refused that you see this record.") + " " + said if broken.refused else said


def _facts(patient: Patient, vitals: Vitals, at: datetime) -> tuple[tuple[str, str], ...]:
    place = estate.place_of(patient.id, at=at)
    weight = vitals.values.get("weight")
    facts = [
        (_("Born"), born_words(patient, at)),
        (_("Sex"), str(Patient.Sex(patient.sex).label)),
        (_("Hospital no."), people.hospital_number(patient) or _("none")),
        (_("Location"), f"{place.bed.room.ward.name} · {place.bed.code}" if place else _("Not in hospital")),
    ]
    if weight is not None:
        age = span(int((at - weight.at).total_seconds() // 60))
        facts.append((_("Weight"), _("{weight} kg, {age} ago").format(weight=weight.value, age=age)))
    if patient.interpreter_needed or patient.language not in ("", "en"):
        needed = _("interpreter needed") if patient.interpreter_needed else ""
        facts.append((_("Language"), ", ".join(filter(None, (patient.language, needed)))))
    if patient.communication_needs:
        facts.append((_("Communication"), patient.communication_needs))
    if patient.deceased:
        facts.append((_("Deceased"), day(patient.deceased_at) or _("date not known")))
    return tuple(facts)


def born_words(patient: Patient, at: datetime) -> str:
    """Return the birth date as precise as it is known, and the age."""
    if patient.birth_on is None:
        return _("not known")
    born, age = known(patient.birth_on, patient.birth_precision), patient.age_at(at)
    exact = patient.birth_precision == "day"
    return (_("{born} ({age} y)") if exact else _("{born} (about {age} y)")).format(born=born, age=age)


def _allergy(one: RecordedAllergy) -> Allergy:
    reactions = list(one.reactions.all())
    shown = ", ".join(dict.fromkeys(word for reaction in reactions for word in reaction.manifestations))
    severities = {reaction.severity for reaction in reactions}
    worst = next((rank for rank in ("severe", "moderate", "mild") if rank in severities), "")
    words = str(one.reactions.model.Severity(worst).label).lower() if worst else ""
    if not words and one.criticality == "high":
        words = _("high risk")
    return Allergy(one.display, shown, words)


def opened_head(request: PageRequest, patient_id: UUID, tab: str, *, part: str = "") -> ChartHead:
    """Open one part of a chart (named after its tab, unless told) and return the frame of its page.

    Raises:
        NotPermitted: whoever asks may not open this chart.
    """
    actor = request.actor
    opened = queries.open_head(patient_id, viewer=actor, at=actor.at, part=part or tab.removeprefix("chart_"))
    vitals = monitoring.current_vitals(patient_id, viewer=actor, at=actor.at)
    return chart_head(
        opened.patient, allergies=opened.allergies, flags=opened.flags, vitals=vitals, tab=tab, actor=actor,
        restricted=opened.restricted,
    )  # fmt: skip
