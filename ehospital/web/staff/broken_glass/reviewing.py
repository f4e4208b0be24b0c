"""The privacy officer's worklist of charts that were opened outside of care, and the review of one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.people import actions, queries
from ehospital.people.access import Permission
from ehospital.people.models import BrokenGlass
from ehospital.web.kit.page import PageRequest, page

LINES = 50


class ReviewForm(forms.Form):
    """What the review found."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Was it justified?"), choices=BrokenGlass.Verdict.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("How you know"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@page(Permission.GLASS_REVIEW)
def worklist(request: PageRequest) -> HttpResponse:
    """Show what waits, the oldest first, and what was judged, the newest first."""
    waiting = list(queries.glass_to_review(viewer=request.actor))
    judged = Paginator(queries.glass_reviewed(viewer=request.actor), LINES).get_page(request.GET.get("page"))
    queries.glass_listed([*waiting, *judged], viewer=request.actor, at=request.actor.at)
    return render(request, "staff/broken_glass/worklist.html", {"waiting": waiting, "judged": judged})


@page(Permission.GLASS_REVIEW)
def review(request: PageRequest, glass_id: UUID) -> HttpResponse:
    """Show one opening and what was done under it; a verdict and a note judge it, once."""
    opened = queries.glass_opened(glass_id, viewer=request.actor, at=request.actor.at)
    form = ReviewForm(request.POST or None)
    own = opened.glass.staff_id == request.actor.staff_id
    if request.method == "POST" and form.is_valid() and not own:
        try:
            actions.review_glass(glass_id, **form.cleaned_data, by=request.actor, at=request.actor.at)
        except actions.AlreadyReviewed:
            messages.error(request, _("A colleague has reviewed it meanwhile. Your verdict was not saved."))
            return redirect("glass_review", glass_id)
        messages.success(request, _("Reviewed. The patient can read the verdict."))
        return redirect("glass_worklist")
    context = {"opened": opened, "glass": opened.glass, "form": form, "own": own, "now": request.actor.at}
    return render(request, "staff/broken_glass/review.html", context, status=422 if form.is_bound else 200)
