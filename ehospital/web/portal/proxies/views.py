"""For whom I act, whose record I look at now, and who acts for me."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.foundation.days import hospital_day
from ehospital.people import access, actions, proxies, queries
from ehospital.people.access import Permission
from ehospital.people.models import Account
from ehospital.people.signing_in import ACTING_FOR
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal.answering import shown


def _account(request: PageRequest) -> Account:
    assert isinstance(request.user, Account)  # the page's permission asks for one
    return request.user


@page(Permission.PROXY_HOLD)
def people(request: PageRequest) -> HttpResponse:
    """Show whose records I may open, and who may open mine."""
    actor = request.actor
    found = access.patient(actor, Permission.OWN_RECORD_READ, actor.patient_id) if actor.patient_id else None
    today = hospital_day(actor.at)
    return shown(
        request,
        "portal/proxies/page.html",
        held=queries.my_proxies(_account(request), at=actor.at),
        over=queries.over_me(viewer=actor, patient_id=found.id, at=actor.at) if found else [],
        may_end=bool(
            found
            and access.may(actor, Permission.OWN_PROXY_END, patient_id=found.id)
            and not proxies.is_child(found, until_age=settings.PROXY_CHILD_AGE, today=today)
        ),
    )


@page(Permission.PROXY_HOLD)
@require_POST
def choose(request: PageRequest) -> HttpResponse:
    """Look at the record of somebody for whom I act, or at my own again."""
    chosen = request.POST.get("proxy", "")
    request.session.pop(ACTING_FOR, None)
    if not chosen:
        return redirect("portal_home" if _account(request).patient_id else "portal_proxies")
    if queries.running_proxy(chosen, account=_account(request), at=request.actor.at) is None:
        raise access.NotPermitted(f"{request.actor.name} acts for nobody by that proxy")
    request.session[ACTING_FOR] = chosen
    return redirect("portal_home")


@page(Permission.OWN_PROXY_END)
@require_POST
def end(request: PageRequest, proxy_id: UUID) -> HttpResponse:
    """End a proxy over my own record."""
    try:
        actions.end_proxy(proxy_id, by=request.actor, at=request.actor.at)
    except actions.TooYoung:
        messages.error(request, _("Talk to the reception desk: they help you with this."))
    else:
        messages.success(request, _("They can no longer open your record."))
    return redirect("portal_proxies")
