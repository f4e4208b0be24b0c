"""What a finished form leaves in the chart: its answers, the observations among them, and what its scores decide."""

from datetime import datetime
from uuid import UUID, uuid5

from ehospital.algorithms.questionnaires import Extract, Questionnaire, Settled, extracts
from ehospital.clinical.actions import correcting, deaths, flags, results
from ehospital.clinical.details import NOTHING, Moment, ObservationDetails, Value
from ehospital.clinical.models import FilledForm, FormDraft, Observation, SafetyFlag
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.people import access

AMENDED = "The form was amended."


def newest_edition(root: UUID) -> FilledForm:
    """Return the edition of a form that stands."""
    return FilledForm.objects.filter(pk=root).union(FilledForm.objects.filter(amends_id=root)).order_by("-edition")[0]


def write(
    draft: FormDraft, form: Questionnaire, settled: Settled, *, reason: str, by: access.Actor, at: datetime
) -> FilledForm:
    """Write the edition that a draft becomes, in the caller's transaction, which holds the chart."""
    if by.staff_id is None:
        raise access.NotPermitted(f"{by.name} fills no forms")
    before = newest_edition(draft.amends_id) if draft.amends_id else None
    answered_at = before.answered_at if before else at
    kept = _observe(draft, form, settled, before, answered_at, by=by, at=at)
    raised = _decide_flags(draft.patient_id, form, settled, by=by, at=at)
    deaths.certified(draft.patient_id, form, settled.answers, by=by, at=at)
    made = FilledForm(
        id=draft.pk,
        patient_id=draft.patient_id,
        encounter_id=before.encounter_id if before else draft.encounter_id,
        definition_id=draft.definition_id,
        amends_id=draft.amends_id,
        edition=before.edition + 1 if before else 1,
        title=form.title.plain[:250],
        result=result_words(form, settled)[:1000],
        answers=settled.answers,
        observation_ids=list(kept.values()),
        observation_keys=list(kept),
        flag_ids=raised,
        author_id=by.staff_id,
        author_name=by.name[:200],
        reason=reason.strip()[:2000] if before else "",
        answered_at=answered_at,
        finished_at=at,
    )
    made.save()
    return made


def result_words(form: Questionnaire, settled: Settled, language: str = "") -> str:
    """Return what the scores of a form came to, in words."""
    words = []
    order = list(form.every)
    for path in sorted(settled.totals, key=lambda one: (order.index(str(one[-1])), str(one))):
        item, total = form.every[str(path[-1])], settled.totals[path]
        if total.value is not None and item.score is not None:
            named = f"{item.text.said(language)}: {total.value}"
            band = total.band.text.said(language) if total.band else ""
            words.append(band if band and item.score.observed_as == "band" else f"{named} ({band})" if band else named)
    return "; ".join(words)


def _observe(
    draft: FormDraft, form: Questionnaire, settled: Settled, before: FilledForm | None, answered_at: datetime,
    *, by: access.Actor, at: datetime,
) -> dict[str, UUID]:  # fmt: skip
    """Record the coded answers; those of the edition before stand as they are, or are marked as wrong."""
    found = {one.key: one for one in extracts(form, settled)}
    old = dict(zip(before.observation_keys, before.observation_ids, strict=True)) if before else {}
    stand = Observation.objects.filter(pk__in=old.values(), patient_id=draft.patient_id)
    lines = {one.pk: one for one in stand.exclude(status=ENTERED_IN_ERROR).order_by("id")}
    kept = {key: pk for key, pk in old.items() if key in found and pk in lines and _says(lines[pk], found[key])}
    for key, pk in old.items():
        if key not in kept and pk in lines:
            correcting.enter_in_error("observations", pk, reason=AMENDED, by=by, at=at)
    fresh = [one for key, one in found.items() if key not in kept]
    details = [_details(one, draft, answered_at) for one in fresh]
    if details:
        made = results.record_results(draft.patient_id, details, by=by, at=at)
        kept |= dict(zip((one.key for one in fresh), made, strict=True))
    return kept


def _details(one: Extract, draft: FormDraft, answered_at: datetime) -> ObservationDetails:
    value = Value(number=one.number, unit=one.unit, ucum=one.ucum, code=one.coded or NOTHING, text=one.words)
    return ObservationDetails(
        id=uuid5(draft.pk, one.key),
        encounter_id=draft.encounter_id,
        code=one.code,
        category=one.category if one.category in Observation.Category.values else "survey",
        effective=Moment(answered_at),
        value=value,
        note=one.note,
    )


def _says(line: Observation, one: Extract) -> bool:
    coded = one.coded or NOTHING
    same_value = line.value == one.number and line.value_code == coded.code and line.value_system == coded.system
    return same_value and line.value_text == (one.words or coded.display) and line.note == one.note


def _decide_flags(
    patient_id: UUID, form: Questionnaire, settled: Settled, *, by: access.Actor, at: datetime
) -> list[UUID]:
    """Raise or lower the flags on which scores decide; return those that were raised. An open score decides nothing."""
    raised = []
    for path, total in settled.totals.items():
        score = form.every[str(path[-1])].score
        if score is None or not score.flag or total.band is None or score.flag not in SafetyFlag.Kind.values:
            continue
        stands = SafetyFlag.objects.filter(patient_id=patient_id, ended_at=None, entered_in_error=False)
        why = f"{form.title.plain}: {total.band.text.plain}"[:250]
        found = stands.filter(kind=score.flag).order_by("id").first()
        if total.band.raises and found is None:
            raised.append(flags.raise_flag(patient_id, score.flag, words=why, by=by, at=at))
        if not total.band.raises and found is not None:
            flags.lower_flag(found.pk, why=why, by=by, at=at)
    return raised
