"""Badges: one's own, those of everybody, and taking a place by holding one to the reader."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from ehospital.people import access, actions, queries
from ehospital.people.access import Permission
from ehospital.people.models import Account
from ehospital.web.kit import second_factor
from ehospital.web.kit.page import PageRequest, page

_SHOWN, _FOR_S = "ehospital.badge.v1", 120


class BadgeForm(forms.Form):
    """A badge: the reader types its number and Enter."""

    number = forms.CharField(
        label=gettext_lazy("Badge"),
        max_length=100,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
        help_text=gettext_lazy("Put the cursor here and hold the badge to the reader. Its number is kept nowhere."),
    )


class AnyBadgeForm(BadgeForm):
    """A badge and whose it is."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    field_order = ("username", "number")


def shown_token(badge_id: UUID) -> str:
    """Return what the lock screen remembers of a badge while its owner types the short code."""
    return signing.dumps(str(badge_id), salt=_SHOWN)


def shown_badge(token: str) -> UUID | None:
    """Return the badge of such a token, within two minutes."""
    try:
        return UUID(signing.loads(token, salt=_SHOWN, max_age=_FOR_S))
    except (signing.BadSignature, ValueError, TypeError):
        return None


@sensitive_post_parameters("number")
@page(Permission.PLACES_CHANGE)
def mine(request: PageRequest) -> HttpResponseBase:
    """Enrol one's own badge; a recent second factor is asked for where staff have one."""
    if not second_factor.recent(request):
        return second_factor.ask(request)
    assert isinstance(request.user, Account)
    form = BadgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enrol_badge(request.user, form.cleaned_data["number"], by=request.actor, at=request.actor.at)
        except actions.UnusableBadge as error:
            form.add_error("number", str(error))
        else:
            messages.success(request, _("Your badge works on shared computers from now on."))
            return redirect("switch_badge")
    context = {
        "form": form, "badges": queries.badges_of(request.user), "has_code": queries.has_pin(request.user),
    }  # fmt: skip
    return render(request, "staff/switch/badge.html", context, status=422 if form.is_bound else 200)


@page(Permission.PLACES_CHANGE)
@require_POST
def end(request: PageRequest, badge_id: UUID) -> HttpResponse:
    """Take one's own badge back."""
    assert isinstance(request.user, Account)
    if not queries.badges_of(request.user).filter(pk=badge_id).exists():
        raise access.NotPermitted(f"{request.actor.name} may not {Permission.PLACES_CHANGE.value}")
    actions.revoke_badge(badge_id, by=request.actor, at=request.actor.at)
    messages.success(request, _("That badge works no more."))
    return redirect("switch_badge")


@sensitive_post_parameters("number")
@page(Permission.ACCOUNT_MANAGE)
def everybodys(request: PageRequest) -> HttpResponse:
    """Show every badge, and enrol one for somebody."""
    form = AnyBadgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = queries.account_called(form.cleaned_data["username"], viewer=request.actor)
        if account is None:
            form.add_error("username", _("Nobody works here under this user name."))
        elif _enrolled(request, account, form):
            return redirect("badges")
    context = {"form": form, "badges": queries.badges(viewer=request.actor)}
    return render(request, "staff/switch/badges.html", context, status=422 if form.is_bound else 200)


def _enrolled(request: PageRequest, account: Account, form: AnyBadgeForm) -> bool:
    try:
        actions.enrol_badge(account, form.cleaned_data["number"], by=request.actor, at=request.actor.at)
    except actions.UnusableBadge as error:
        form.add_error("number", str(error))
        return False
    messages.success(request, _("The badge works on shared computers from now on."))
    return True


@page(Permission.ACCOUNT_MANAGE)
@require_POST
def revoke(request: PageRequest, badge_id: UUID) -> HttpResponse:
    """Take anybody's badge back, such as one that was lost."""
    actions.revoke_badge(badge_id, by=request.actor, at=request.actor.at)
    messages.success(request, _("That badge works no more."))
    return redirect("badges")
