"""Letting somebody act for a patient in the portal."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.people import access, actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.record_access.forms import ProxyForm
from ehospital.web.staff.record_access.views import shown


@page(Permission.PROXY_MANAGE)
@require_POST
def give(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Let somebody act for the patient."""
    access.require(request.actor, Permission.PROXY_MANAGE, patient_id=patient_id)
    form = ProxyForm(request.POST)
    if form.is_valid():
        try:
            actions.give_proxy(patient_id, **form.cleaned_data, by=request.actor, at=request.actor.at)
        except actions.UnusableProxy as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("They can open the record in the portal from now on."))
            return redirect("record_access", patient_id)
    return shown(request, patient_id, proxy_form=form)


@page(Permission.PROXY_MANAGE)
@require_POST
def end(request: PageRequest, patient_id: UUID, proxy_id: UUID) -> HttpResponse:
    """End a proxy over this record."""
    if not queries.proxies_of(patient_id, viewer=request.actor).filter(pk=proxy_id).exists():
        raise access.NotPermitted(f"{request.actor.name} may not {Permission.PROXY_MANAGE.value}")
    actions.end_proxy(proxy_id, by=request.actor, at=request.actor.at)
    messages.success(request, _("They can no longer open the record."))
    return redirect("record_access", patient_id)
