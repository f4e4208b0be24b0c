"""Which computers are shared; this one can be made one of them."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ehospital.people import actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit import stations
from ehospital.web.kit.page import PageRequest, page


class ComputerForm(forms.Form):
    """What this computer is called, and when it locks."""

    name = forms.CharField(label=gettext_lazy("Name of this computer"), max_length=120)
    idle_minutes = forms.IntegerField(
        label=gettext_lazy("Locks after so many minutes"), min_value=1, max_value=60, initial=5
    )


@page(Permission.ACCOUNT_MANAGE)
def computers(request: PageRequest) -> HttpResponse:
    """Show the shared computers, and make the one before which the administrator sits one of them."""
    form = ComputerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_shared_computer(**form.cleaned_data, by=request.actor, at=request.actor.at)
        except actions.UnusableComputer as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("This computer is shared from now on. The menu behind your name locks it."))
            response = redirect("computers")
            stations.mark(response, made)
            return response
    station: stations.Station = request.station  # type: ignore[attr-defined]
    context = {
        "computers": queries.shared_computers(viewer=request.actor),
        "this": computer.id if (computer := station.computer()) else None,
        "form": form,
    }
    return render(request, "staff/computers/page.html", context, status=422 if form.is_bound else 200)


@page(Permission.ACCOUNT_MANAGE)
@require_POST
def retire(request: PageRequest, computer_id: UUID) -> HttpResponse:
    """Take a computer off: no short code works on it any more."""
    actions.retire_shared_computer(computer_id, by=request.actor, at=request.actor.at)
    messages.success(request, _("No short code works on that computer any more."))
    return redirect("computers")
