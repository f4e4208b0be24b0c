"""How one wants to be told: channels by urgency, the mobile number, quiet hours, and browsers for push messages."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ehospital.messaging import actions, queries
from ehospital.messaging.channels import mail, push, sms
from ehospital.messaging.models import Threshold, Wishes
from ehospital.people.access import Permission
from ehospital.web.kit import stations
from ehospital.web.kit.page import PageRequest, page


def _threshold(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Threshold.choices)


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))


class WishesForm(forms.Form):
    """Which channel for what, and when not."""

    email = _threshold(gettext_lazy("E-mail"))
    sms = _threshold(gettext_lazy("Text message"))
    push = _threshold(gettext_lazy("Push message"))
    mobile = forms.CharField(
        label=gettext_lazy("Mobile number"), max_length=40, required=False,
        help_text=gettext_lazy("With + and the country, such as +47 412 34 567."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )  # fmt: skip
    quiet_from = _time(gettext_lazy("Quiet from"))
    quiet_to = _time(gettext_lazy("Quiet until"))
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


_TROUBLE = {
    "mobile": gettext_lazy("Write the number with + and the country, such as +47 412 34 567."),
    "quiet_from": gettext_lazy("Quiet hours need a beginning too."),
    "quiet_to": gettext_lazy("Quiet hours need another end than their beginning."),
}


@page(Permission.NOTICES_READ)
def wishes(request: PageRequest) -> HttpResponse:
    """Show and keep how one wants to be told."""
    kept = queries.wishes(viewer=request.actor)
    form = WishesForm(request.POST or None, initial=_said(kept))
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        edition = said.pop("edition")
        try:
            actions.wish(actions.WishDetails(**said), edition=edition, by=request.actor, at=request.asked_at)
        except actions.UnusableWishes as error:
            form.add_error(error.field, str(_TROUBLE.get(error.field, error)))
        except actions.ChangedMeanwhile:
            messages.error(request, _("You changed this in another window meanwhile. Below is what it says now."))
            return redirect("notice_wishes")
        else:
            messages.success(request, _("Saved. This is how you are told from now on."))
            return redirect("notice_wishes")
    return _shown(request, form)


@page(Permission.NOTICES_READ)
@require_POST
def choose(request: PageRequest) -> HttpResponse:
    """Let this browser show push messages; never a computer that several people share."""
    station: stations.Station = request.station  # type: ignore[attr-defined]
    said = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth", "name")}
    if station.computer() is not None:
        messages.error(request, _("Several people use this computer: it shows nobody's push messages."))
    elif request.POST.get("agreed") != "yes":
        messages.error(request, _("Tick that you agree first. Nothing was changed."))
    else:
        try:
            actions.choose_browser(**said, by=request.actor, at=request.asked_at)
        except actions.UnusableBrowser:
            messages.error(request, _("This browser offers no push service that can be used. Nothing was changed."))
        else:
            messages.success(request, _("This browser shows your push messages from now on."))
    return redirect("notice_wishes")


@page(Permission.NOTICES_READ)
@require_POST
def drop(request: PageRequest, browser_id: UUID) -> HttpResponse:
    """Show no more push messages in a browser."""
    actions.drop_browser(browser_id, by=request.actor, at=request.asked_at)
    messages.success(request, _("That browser shows no more push messages."))
    return redirect("notice_wishes")


def _shown(request: PageRequest, form: WishesForm) -> HttpResponse:
    station: stations.Station = request.station  # type: ignore[attr-defined]
    context = {
        "form": form,
        "browsers": queries.browsers(viewer=request.actor),
        "push_key": push.public_key(),
        "shared": station.computer() is not None,
        "push_words": {
            "unable": _("This browser knows no push messages. On an iPhone, add this page to the home screen."),
            "denied": _("The browser does not allow it. Allow notifications for this address in its settings."),
            "failed": _("The browser could not reach its push service. Try again later."),
        },
        "no_mail": mail.nowhere(),
        "no_sms": bool(sms.gateway().obstacle()),
    }
    return render(request, "staff/notices/wishes.html", context, status=422 if form.is_bound else 200)


def _said(kept: Wishes) -> dict[str, object]:
    return {name: getattr(kept, name) for name in WishesForm.base_fields}
