"""The page of who may open a record, and restricting it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.people import access, actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.record_access.forms import ProxyForm, RestrictForm, StaffForm


def shown(request: PageRequest, patient_id: UUID, **bound: forms.Form) -> HttpResponse:
    """Draw the page, with a form that was sent back where one was."""
    viewer = request.actor
    kept = queries.kept_record(patient_id, viewer=viewer, at=viewer.at)
    forms_ = {"restrict_form": RestrictForm(prefix="r"), "staff_form": StaffForm(prefix="s"), "proxy_form": ProxyForm()}
    context = {
        "kept": kept,
        "number": queries.hospital_number(kept.patient),
        "proxies": [(one, viewer.at in one.during) for one in queries.proxies_of(patient_id, viewer=viewer)],
        "may_restrict": access.may(viewer, Permission.RECORD_RESTRICT, patient_id=patient_id),
        "bad": next(iter(bound.values()), None),
        **forms_,
        **bound,
    }
    return render(request, "staff/record_access/page.html", context, status=422 if bound else 200)


@page(Permission.PROXY_MANAGE)
def who_may(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show restrictions, the member of staff who is this patient, and proxies."""
    return shown(request, patient_id)


@page(Permission.RECORD_RESTRICT)
@require_POST
def restrict(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Restrict or seal a record."""
    access.require(request.actor, Permission.RECORD_RESTRICT, patient_id=patient_id)
    form = RestrictForm(request.POST, prefix="r")
    if form.is_valid():
        told = form.cleaned_data
        named = [told["named"]] if told["named"] else []
        try:
            actions.restrict_record(
                patient_id, level=told["level"], kind=told["kind"], note=told["note"], named=named,
                by=request.actor, at=request.actor.at,
            )  # fmt: skip
        except actions.UnusableRestriction as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The record is restricted from now on."))
            return redirect("record_access", patient_id)
    return shown(request, patient_id, restrict_form=form)


@page(Permission.RECORD_RESTRICT)
@require_POST
def lift(request: PageRequest, patient_id: UUID, restriction_id: UUID) -> HttpResponse:
    """End a restriction of this record."""
    kept = queries.kept_record(patient_id, viewer=request.actor, at=request.actor.at)
    if restriction_id not in {one.id for one in kept.restrictions}:
        raise access.NotPermitted(f"{request.actor.name} may not {Permission.RECORD_RESTRICT.value}")
    actions.lift_restriction(restriction_id, by=request.actor, at=request.actor.at)
    messages.success(request, _("The restriction has ended."))
    return redirect("record_access", patient_id)


@page(Permission.RECORD_RESTRICT)
@require_POST
def as_staff(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Say which member of staff this patient is, or that it is none."""
    access.require(request.actor, Permission.RECORD_RESTRICT, patient_id=patient_id)
    if "unlink" in request.POST:
        actions.unlink_staff(patient_id, by=request.actor, at=request.actor.at)
        messages.success(request, _("The record is that of a member of staff no longer."))
        return redirect("record_access", patient_id)
    form = StaffForm(request.POST, prefix="s")
    if form.is_valid():
        try:
            actions.link_staff(
                staff_id=form.cleaned_data["staff"], patient_id=patient_id, by=request.actor, at=request.actor.at
            )
        except actions.UnusableRestriction as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The record is restricted from now on, as that of a member of staff."))
            return redirect("record_access", patient_id)
    return shown(request, patient_id, staff_form=form)
