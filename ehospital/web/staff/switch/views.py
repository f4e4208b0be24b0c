"""The lock screen of a shared computer, and one's own short code."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from ehospital.people import access, actions, queries
from ehospital.people.access import Permission
from ehospital.people.models import Account, SharedComputer
from ehospital.web.kit import second_factor, stations
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.switch.badges import shown_badge, shown_token

_BACKEND = "ehospital.people.signing_in.Backend"


def _digits(label: Any) -> forms.CharField:
    attributes = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 6}
    return forms.CharField(label=label, max_length=20, widget=forms.PasswordInput(attrs=attributes))


class SwitchForm(forms.Form):
    """Who takes the place, and their short code."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    pin = _digits(gettext_lazy("Short code"))


class PinForm(forms.Form):
    """A new short code, twice."""

    pin = _digits(gettext_lazy("New short code"))
    again = _digits(gettext_lazy("Once more"))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("pin") and told.get("again") and told["pin"] != told["again"]:
            self.add_error("again", _("The two are not the same."))
        return told


@sensitive_post_parameters("pin")
@page(Permission.NONE_NEEDED)
def switch(request: PageRequest) -> HttpResponse:
    """Show who sat here lately, and let whoever knows their short code take the place."""
    station: stations.Station = request.station  # type: ignore[attr-defined]
    computer = station.computer()
    if computer is None:
        raise Http404
    if request.method == "POST" and "badge" in request.POST:
        return _badge_shown(request, station, computer)
    chosen = request.GET.get("who", "")
    form = SwitchForm(request.POST or None, initial={"username": chosen})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        account = actions.use_pin(told["username"], told["pin"], computer_id=computer.id, at=request.asked_at)
        if account is not None:
            if badge := shown_badge(request.POST.get("shown", "")):
                actions.prove_badge(badge, account, at=request.asked_at)
            return _entered(request, station, account)
        form.add_error(None, _("That did not work. After some wrong tries, and after a shift, sign in with password."))
    return _lock_screen(request, station, form, chosen=chosen)


def _lock_screen(
    request: PageRequest, station: stations.Station, form: SwitchForm, *, chosen: str = "", shown: str = ""
) -> HttpResponse:
    """Draw the screen. A reader types where the cursor is: in the field of the badge, until somebody is chosen."""
    if chosen:
        form.fields["pin"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "people": queries.names_of(station.people()),
        "computer": station.computer(),
        "chosen": chosen,
        "shown": shown or request.POST.get("shown", ""),
    }
    return render(request, "staff/switch/page.html", context, status=422 if form.errors else 200)


def _badge_shown(request: PageRequest, station: stations.Station, computer: SharedComputer) -> HttpResponse:
    """Let whoever holds a badge to the reader take the place, or ask them for their short code first."""
    found = actions.show_badge(request.POST["badge"], computer_id=computer.id, at=request.asked_at)
    if found is None:
        form = SwitchForm({})
        form.errors.clear()
        form.add_error(None, _("This badge is not known here. Type your user name and short code."))
        return _lock_screen(request, station, form)
    if found.alone:
        return _entered(request, station, found.account)
    name = found.account.username
    form = SwitchForm(initial={"username": name})
    return _lock_screen(request, station, form, chosen=name, shown=shown_token(found.badge_id))


def _entered(request: PageRequest, station: stations.Station, account: Account) -> HttpResponse:
    if request.user.is_authenticated:
        stations.leave(request, "")
    login(request, account, backend=_BACKEND)
    request.session[stations.SEEN] = request.asked_at.timestamp()
    response = redirect(stations.way_back(account) or "/")
    stations.remember(response, station, account.username)
    return response


@page(Permission.PLACES_CHANGE)
@require_POST
def lock(request: PageRequest) -> HttpResponse:
    """Leave the place to the next person; what is a draft stays one, and the page is kept for the return."""
    station: stations.Station = request.station  # type: ignore[attr-defined]
    if station.computer() is None:
        raise access.NotPermitted(f"{request.actor.name} sits at a computer of their own")
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, None) and back.startswith("/")
    response = redirect("switch")
    stations.remember(response, station, str(request.user))
    stations.leave(request, back if ours else "")
    return response


@page(Permission.PLACES_CHANGE)
@require_POST
def here(request: PageRequest) -> HttpResponse:
    """Hear that somebody still types: the computer does not lock under their hands."""
    return HttpResponse(status=204)


@sensitive_post_parameters("pin", "again")
@page(Permission.PLACES_CHANGE)
def code(request: PageRequest) -> HttpResponseBase:
    """Choose one's own short code; a recent second factor is asked for where staff have one."""
    if not second_factor.recent(request):
        return second_factor.ask(request)
    form = PinForm(request.POST or None)
    assert isinstance(request.user, Account)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_pin(request.user, form.cleaned_data["pin"], by=request.actor, at=request.actor.at)
        except actions.UnusablePin:
            form.add_error("pin", _("Choose six digits that are neither all the same nor in a row."))
        else:
            messages.success(request, _("Your short code works on shared computers until the end of this shift."))
            return redirect("/")
    context = {"form": form, "known": queries.has_pin(request.user)}
    return render(request, "staff/switch/code.html", context, status=422 if form.is_bound else 200)
