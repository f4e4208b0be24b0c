"""Letting somebody act for a patient in the portal."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ehospital.people import access, actions
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.record_access.forms import ProxyForm
from ehospital.web.staff.record_access.views import only_sent, shown


@page(Permission.PROXY_MANAGE)
def give(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Let somebody act for the patient."""
    only_sent(request)
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
def end(request: PageRequest, patient_id: UUID, proxy_id: UUID) -> HttpResponse:
    """End a proxy."""
    only_sent(request)
    actions.end_proxy(proxy_id, by=request.actor, at=request.actor.at)
    messages.success(request, _("They can no longer open the record."))
    return redirect("record_access", patient_id)
