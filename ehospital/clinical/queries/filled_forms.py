"""Forms as they are read: which are due, open and done, one with its editions, and a draft by whoever may write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from ehospital.algorithms.questionnaires import Questionnaire, State, Task, task
from ehospital.clinical.models import FilledForm, FormDraft
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.queries import presence
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.form_definitions import newest_definitions, parsed
from ehospital.clinical.queries.opening import look
from ehospital.people import access

_RANK = {State.OVERDUE: 0, State.DUE: 1, State.DONE: 2, State.NONE: 2}


@dataclass(frozen=True, slots=True)
class FormLine:
    """One form and how it stands for the patient. `usable` is false for a form that was retired and is only read."""

    url: str
    form: Questionnaire
    task: Task
    usable: bool
    draft: FormDraft | None
    latest: FilledForm | None
    earlier: Sequence[FilledForm]


def forms(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> list[FormLine]:
    """Return every form, those that are due first, with what is open and what was finished.

    Raises:
        NotPermitted: `viewer` may not open this chart. Patients are shown no forms.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    look(patient_id, viewer=viewer, at=at, part="forms")
    done: dict[str, list[FilledForm]] = {}
    for one in shown(_roots(patient_id), viewer=viewer, patient_id=patient_id):
        done.setdefault(one.definition.url, []).append(latest_edition(one))
    drafts = {one.definition.url: one for one in _drafts(patient_id).filter(amends=None).order_by("id")}
    stays = presence.running(patient_id).order_by("started_at", "id")
    began = {one.setting: one.started_at for one in stays}
    lines = []
    for url, newest in newest_definitions().items():
        mine, active = done.get(url, []), newest.form.status == "active"
        due = newest.form.due
        stands = task(
            due if active else None,
            began_at=began.get(due.setting) if due else None,
            last_at=mine[0].answered_at if mine else None,
            now=at,
        )
        if active or mine or url in drafts:
            latest = mine[0] if mine else None
            lines.append(FormLine(url, newest.form, stands, active, drafts.get(url), latest, mine[1:]))
    return sorted(lines, key=lambda one: (_RANK[one.task.state], one.form.title.plain, one.url))


def form(patient_id: UUID, form_id: UUID, *, viewer: access.Actor, at: datetime) -> FilledForm:
    """Return the first edition of a form with those after it (`amendments`, oldest first).

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such form.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    look(patient_id, viewer=viewer, at=at, part="forms")
    rows = shown(_roots(patient_id), viewer=viewer, patient_id=patient_id)
    found = rows.filter(Q(pk=form_id) | Q(amendments__pk=form_id)).distinct().first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return found


def form_draft(patient_id: UUID, draft_id: UUID, *, viewer: access.Actor, at: datetime) -> FormDraft:
    """Return a draft, whoever began it.

    Raises:
        NotPermitted: `viewer` may not write into this chart, or it has no such draft.
    """
    access.require(viewer, access.Permission.CHART_WRITE, patient_id=patient_id)
    look(patient_id, viewer=viewer, at=at, part="form draft")
    found = _drafts(patient_id).filter(pk=draft_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_WRITE.value}")
    return found


def latest_edition(root: FilledForm) -> FilledForm:
    """Return the edition that stands, of a form that `form` or `forms` returned."""
    return [root, *root.amendments.all()][-1]


def definition_of(filled: FilledForm | FormDraft) -> Questionnaire:
    """Return what was asked."""
    return parsed(filled.definition)


def _drafts(patient_id: UUID) -> "QuerySet[FormDraft]":
    return FormDraft.objects.filter(patient_id=patient_id).select_related("definition", "amends", "started_by")


def _roots(patient_id: UUID) -> "QuerySet[FilledForm]":
    """Return the forms that nobody entered in error, the newest first."""
    marked = standing().filter(kind="forms", patient_id=OuterRef("patient_id"), entry_id=OuterRef("pk"))
    found = FilledForm.objects.filter(~Exists(marked), patient_id=patient_id, amends=None)
    editions = Prefetch("amendments", FilledForm.objects.select_related("definition").order_by("edition"))
    return found.select_related("definition").prefetch_related(editions).order_by("-answered_at", "-id")
