"""Register and correct: two pages around one form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ehospital.journeys import archiving
from ehospital.people import access, actions, queries
from ehospital.people.access import Permission
from ehospital.people.details import PatientDetails
from ehospital.people.known import known_details
from ehospital.people.queries import registers
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.duplicates.wording import suspects
from ehospital.web.staff.patient_edit.form import WRONG_NUMBER, PatientForm, initial, standing
from ehospital.web.staff.patient_edit.unknown import UnknownForm

CHANGED = gettext_lazy("Somebody else has changed this patient meanwhile. Compare with what stands now, then save.")


@dataclass(frozen=True)
class Mother:
    """Whose newborn is registered."""

    id: UUID
    name_text: str
    family: str


NOT_ARCHIVED: dict[type[Exception], Promise] = {
    actions.ReasonMissing: gettext_lazy("Say why: whoever finds the record later must be able to read it."),
    actions.PatientChanged: gettext_lazy("Somebody else has changed this record meanwhile. Look at it again."),
    archiving.LiesInBed: gettext_lazy("This patient lies in a bed. Let them leave it first."),
}
TAKEN = gettext_lazy(
    "%(number)s is the number of %(name)s (hospital no. %(own)s). Look at it again, or open that record instead."
)
AGAIN = gettext_lazy("One of the numbers was taken a moment ago. Please save once more.")


@page(Permission.PATIENT_REGISTER)
def register(request: PageRequest) -> HttpResponse:
    """Register a patient; people who might be the same are shown first, and must be ruled out."""
    mother = _mother(request)
    family = request.GET.get("family", mother.family if mother else "")
    form = _asked(request, {"family": family})
    alike: list[queries.Alike] = []
    if request.method == "POST" and form.is_valid():
        details = replace(form.details(), mother_id=mother.id if mother else None)
        alike = _not_ruled_out(request, details)
        if not alike:
            try:
                key = actions.register_patient(details, by=request.actor, at=request.actor.at)
            except actions.IdentifierTaken:
                _name_holders(request, form, details)
            except actions.MalformedNumber as error:
                form.add_error(form.field_of(error.number.system), str(WRONG_NUMBER[error.why]))
            except actions.UnusableDetails as error:
                form.add_error(None, str(error))
            else:
                return _done(request, key, _("Registered."))
    return _form(request, form, alike=alike, mother=mother)


def _mother(request: PageRequest) -> Mother | None:
    """Return whose newborn is registered, when the address names a mother whom the desk may see."""
    named = request.POST.get("mother") or request.GET.get("mother") or ""
    try:
        asked = UUID(named)
    except ValueError:
        return None
    found = queries.patient(asked, viewer=request.actor, permission=Permission.PATIENT_EDIT)
    return Mother(found.id, found.name_text, str(initial(known_details(found))["family"]))


@page(Permission.PATIENT_REGISTER)
def register_unknown(request: PageRequest) -> HttpResponse:
    """Register somebody whom nobody knows yet, under a temporary name."""
    form = UnknownForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = actions.register_patient(form.details(), by=request.actor, at=request.actor.at)
        return _done(request, key, _("Registered under a temporary name."))
    status = 422 if form.is_bound else 200
    return render(request, "staff/patient_edit/unknown.html", {"form": form}, status=status)


@page(Permission.PATIENT_REGISTER)
@require_POST
def check(request: PageRequest) -> HttpResponse:
    """Answer the piece of the form that shows who may be meant by what was typed so far."""
    form = _asked(request, {})
    form.is_valid()
    details = form.details_so_far()
    alike = queries.likely_same(details, viewer=request.actor, at=request.actor.at) if details else []
    return render(request, "staff/patient_edit/alike.html", _alike(request, alike))


def _asked(request: PageRequest, known: dict[str, object]) -> PatientForm:
    """Return the form, with a field for the number of each issuer that is set up."""
    return PatientForm(request.POST or None, initial=known, issuers=queries.issuers())


def _not_ruled_out(request: PageRequest, details: PatientDetails) -> list[queries.Alike]:
    """Return who may be meant; nobody when everyone of them was shown and ruled out already."""
    alike = queries.likely_same(details, viewer=request.actor, at=request.actor.at)
    ruled_out = set(request.POST.get("nobody_alike", "").split())
    return alike if any(str(one.found.id) not in ruled_out for one in alike) else []


def _alike(request: PageRequest, alike: list[queries.Alike]) -> dict[str, object]:
    return {"suspects": suspects(alike), "may_edit_all": access.may(request.actor, Permission.PATIENT_EDIT)}


@page(Permission.PATIENT_EDIT)
def edit(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Correct a patient; an edit of an outdated page is refused, and nothing typed is lost."""
    patient = queries.patient(patient_id, viewer=request.actor, permission=Permission.PATIENT_EDIT)
    known = known_details(patient)
    form = _asked(request, initial(known))
    if request.method == "POST" and form.is_valid():
        details = form.details(known)
        try:
            actions.revise_patient(
                patient_id, details, seen_version=_seen(request), by=request.actor, at=request.actor.at
            )
        except actions.PatientChanged:
            form.add_error(None, CHANGED)
            return _form(request, form, patient=patient, standing=standing(known, form))
        except actions.IdentifierTaken:
            _name_holders(request, form, details, besides=patient_id)
        except actions.MalformedNumber as error:
            form.add_error(form.field_of(error.number.system), str(WRONG_NUMBER[error.why]))
        except actions.UnusableDetails as error:
            form.add_error(None, str(error))
        else:
            return _done(request, patient_id, _("Saved."))
    return _form(request, form, patient=patient, came_with=registers.came_with(patient_id, viewer=request.actor))


@page(Permission.PATIENT_MERGE)
def archive(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Ask why, then archive a record; of an archived one, bring it back."""
    patient = queries.patient(patient_id, viewer=request.actor, permission=Permission.PATIENT_MERGE)
    reason, error = request.POST.get("reason", ""), ""
    if request.method == "POST":
        seen, by, at = _seen(request), request.actor, request.actor.at
        try:
            if patient.active:
                archiving.archive(patient_id, reason=reason, seen_version=seen, by=by, at=at)
            else:
                actions.restore_patient(patient_id, seen_version=seen, by=by, at=at)
        except tuple(NOT_ARCHIVED) as refused:
            error = str(NOT_ARCHIVED[type(refused)])
        else:
            messages.success(request, _("Archived.") if patient.active else _("It is back."))
            return redirect("patient_edit", patient_id)
    context = {"patient": patient, "reason": reason, "error": error}
    return render(request, "staff/patient_edit/archive.html", context, status=422 if error else 200)


def _name_holders(
    request: PageRequest, form: PatientForm, details: PatientDetails, *, besides: UUID | None = None
) -> None:
    """Say whose number it is that was typed: a slip of the finger, or the person is known already."""
    taken = queries.holders(details.identifiers, viewer=request.actor, at=request.actor.at, besides=besides)
    for number, one in taken:
        words = TAKEN % {"number": number.value, "name": one.name_text, "own": one.number}
        form.add_error(form.field_of(number.system), words)
    if not taken:  # it was given back between the two looks
        form.add_error(None, AGAIN)


def _seen(request: PageRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _form(
    request: PageRequest, form: PatientForm, *, alike: Sequence[queries.Alike] = (), **more: object
) -> HttpResponse:
    status = 422 if form.is_bound and (form.errors or alike) else 200
    asked = " ".join(str(one.found.id) for one in alike)
    may_archive = access.may(request.actor, Permission.PATIENT_MERGE)
    may_register = access.holds(request.actor, Permission.PATIENT_REGISTER)
    rights = {"may_archive": may_archive, "may_register": may_register}
    context = {"form": form, "asked": asked, **rights, **_alike(request, list(alike)), **more}
    return render(request, "staff/patient_edit/page.html", context, status=status)


def _done(request: PageRequest, patient_id: UUID, words: str) -> HttpResponse:
    messages.success(request, words)
    if access.may(request.actor, Permission.CHART_READ, patient_id=patient_id):
        return redirect("chart", patient_id)
    return redirect("patient_edit", patient_id)
