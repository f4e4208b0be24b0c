"""The orders that wait for me, and the page where a result is entered: the order, not the chart."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.clinical import actions, queries
from ehospital.clinical.actions.resulting import age_days
from ehospital.clinical.orderables import Measure
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.quantities import unit_words
from ehospital.web.staff.chart.missing import missing_is_404
from ehospital.web.staff.orders.form import CallForm, ResultForm
from ehospital.web.staff.orders.offers import perform_url

_GONE = ("superseded", "entered-in-error")


@page(Permission.RESULT_ENTER)
def orders(request: PageRequest) -> HttpResponse:
    """Show the open orders that I perform, and what is referred to my units."""
    actor = request.actor
    found = queries.orders_to_perform(viewer=actor, at=actor.at)
    context = {
        "orders": [(one, perform_url(one, actor)) for one in found if one.kind != "referral"],
        "referrals": queries.referrals(viewer=actor, at=actor.at),
    }
    return render(request, "staff/orders/page.html", context)


@page(Permission.RESULT_ENTER)
@missing_is_404()
def perform(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Show what is asked, and take the result: entered, made final, amended."""
    actor = request.actor
    seen = queries.order_to_perform(order_id, viewer=actor, at=actor.at)
    entry = _entry(request, seen)
    if request.method == "POST" and entry.form.is_valid():
        details = entry.form.details(request.POST.getlist("confirm"))
        key = _version(request, seen)
        try:
            made = actions.enter_result(order_id, details, seen=key, by=actor, at=actor.at)
        except actions.Implausible as error:
            entry.explain(error)
        except (actions.ResultChanged, actions.OrderNotOpen):
            entry.form.add_error(
                None, _("This order or its result was changed meanwhile. Look at it, then send again.")
            )
        except (actions.NothingEntered, actions.InTheFuture):
            entry.form.add_error(None, _("Type at least one value or a word, made at a time that has passed."))
        else:
            return _done(request, order_id, made)
    return _page(request, seen, entry)


@page(Permission.RESULT_ENTER)
@require_POST
@missing_is_404()
def call(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Write down a telephone call about a critical result."""
    actor = request.actor
    seen = queries.order_to_perform(order_id, viewer=actor, at=actor.at)
    form, version = CallForm(request.POST), _standing(seen)
    if form.is_valid() and version is not None:
        try:
            actions.note_call(version.report.pk, **form.cleaned_data, by=actor, at=actor.at)
        except actions.NotCritical:
            messages.info(request, _("The result is not critical any more."))
        else:
            messages.success(request, _("The call is noted."))
        return redirect("order_perform", order_id)
    return _page(request, seen, _entry(request, seen, fresh=True), form)


@page(Permission.REFERRAL_TAKE)
@require_POST
def take_on(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Take a referral on for my unit."""
    try:
        actions.take_on_referral(order_id, by=request.actor, at=request.actor.at)
    except actions.UnknownEntry as error:
        raise access.NotPermitted(str(error)) from error
    except actions.TakenOn:
        messages.info(request, _("A colleague was faster, or it was cancelled."))
    else:
        messages.success(request, _("Taken on: your unit sees the chart until the referral is answered."))
    return redirect("orders")


@dataclass
class _Entry:
    """The form of a result, and the measures whose number has to be read again."""

    form: ResultForm
    again: tuple[str, ...] = ()

    def explain(self, error: actions.Implausible) -> None:
        """Say at each number why it was not taken."""
        for key in error.impossible:
            self.form.add_error(f"m-{key}", _("No such value is possible. Check the number and its unit."))
        for key in error.improbable:
            self.form.add_error(f"m-{key}", _("This is very unusual. Read it again; if it is right, tick it below."))
        self.again = error.improbable


def _entry(request: PageRequest, seen: queries.ToPerform, *, fresh: bool = False) -> _Entry:
    standing = _standing(seen)
    final = standing is not None and standing.report.status in ("final", "amended")
    age = age_days(seen.patient, request.actor.at)
    measures = seen.item.measures if seen.item else ()
    hints = [(one, _usual_words(one, age, seen.patient.sex)) for one in measures]
    data = request.POST if request.method == "POST" and not fresh else None
    return _Entry(ResultForm(data, measures=hints, final=final))


def _usual_words(measure: Measure, age: int | None, sex: str) -> str:
    usual = measure.range_for(age_days=age, sex=sex)
    if usual is None:
        return _("No usual range is known for this patient.")
    unit = unit_words(measure.ucum)
    if usual.low is None or usual.high is None:
        words = _("Usual: at most {end} {unit}") if usual.low is None else _("Usual: at least {end} {unit}")
        return words.format(end=usual.high if usual.low is None else usual.low, unit=unit)
    return _("Usual: {low}–{high} {unit}").format(low=usual.low, high=usual.high, unit=unit)


def _standing(seen: queries.ToPerform) -> queries.Version | None:
    first = seen.versions[0] if seen.versions else None
    return first if first is not None and first.report.status not in _GONE else None


def _version(request: PageRequest, seen: queries.ToPerform) -> UUID | None:
    """Return the version that was on the page, None for none or one that nobody knows."""
    known = {str(one.report.pk): one.report.pk for one in seen.versions}
    return known.get(request.POST.get("seen", ""))


def _page(
    request: PageRequest, seen: queries.ToPerform, entry: _Entry, call_form: CallForm | None = None
) -> HttpResponse:
    standing = _standing(seen)
    critical = standing is not None and standing.report.weight == "critical"
    context = {
        "seen": seen,
        "order": seen.order,
        "standing": standing,
        "older": [one for one in seen.versions if one is not standing],
        "form": entry.form,
        "again": [(key, entry.form.fields[f"m-{key}"].label) for key in entry.again],
        "open": seen.order.status == "active" or standing is not None,
        "call_form": call_form or (CallForm() if critical else None),
    }
    bound = entry.form.is_bound or call_form is not None
    return render(request, "staff/orders/perform.html", context, status=422 if bound else 200)


def _done(request: PageRequest, order_id: UUID, made: UUID) -> HttpResponse:
    found = queries.order_to_perform(order_id, viewer=request.actor, at=request.actor.at)
    standing = _standing(found)
    if standing is not None and standing.report.pk == made and standing.report.weight == "critical":
        messages.warning(
            request, _("Critical: whoever ordered it is being told now. Call them too, and note the call.")
        )
        return redirect("order_perform", order_id)
    messages.success(request, _("The result is entered."))
    return redirect("orders")
