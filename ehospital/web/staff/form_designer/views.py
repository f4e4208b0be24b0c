"""The list of forms, and the page on which one is changed, looked at and published."""

import json
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ehospital.algorithms.questionnaires import UnusableQuestionnaire, designing, read, settle
from ehospital.clinical import actions, queries
from ehospital.kernel.identifiers import uuid7
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.forms.showing import Drawing
from ehospital.web.staff.form_designer.typed import NotAForm, typed

KINDS: Final[dict[str, Promise]] = {
    "boolean": gettext_lazy("Yes or no"),
    "choice": gettext_lazy("Choice"),
    "open-choice": gettext_lazy("Choice, or other words"),
    "string": gettext_lazy("One line of words"),
    "text": gettext_lazy("Many lines of words"),
    "integer": gettext_lazy("Whole number"),
    "decimal": gettext_lazy("Number"),
    "date": gettext_lazy("Day"),
    "display": gettext_lazy("Words alone"),
    "score": gettext_lazy("Score: adds up the answers with weights"),
}


@page(Permission.FORM_DEFINE)
def form_list(request: PageRequest) -> HttpResponse:
    """Show every form with its newest version."""
    language = get_language() or "en"
    newest = queries.newest_definitions().values()
    lines = sorted(((one.form.title.said(language), one.form) for one in newest), key=lambda one: (one[0], one[1].url))
    return render(request, "staff/form_designer/list.html", {"lines": lines})


@page(Permission.FORM_DEFINE)
def design(request: PageRequest) -> HttpResponse:
    """Show a form to change it, take what was typed, and publish it as a new version."""
    if request.method != "POST":
        return _page(request, _begun(request.GET.get("form", "")))
    try:
        content = typed(request.POST)
    except NotAForm:
        return HttpResponseBadRequest()
    press = request.POST.get("do", "")
    if press not in ("publish", "retire"):
        return _page(request, content)
    made = content | {
        "version": designing.next_version(str(content.get("version", ""))),
        "status": "active" if press == "publish" else "retired",
    }
    try:
        actions.load_definition(made, by=request.actor, at=request.actor.at)
    except (UnusableQuestionnaire, actions.VersionDiffers) as error:
        return _page(request, content, error)
    messages.success(request, _said(press).format(title=made["title"], version=made["version"]))
    return redirect("form_designer")


def _said(press: str) -> str:
    if press == "retire":
        return _("{title} is out of use. What was filled stays readable.")
    return _("{title}, version {version}, is in use. What was filled before stays as it was asked then.")


def _begun(url: str) -> dict[str, Any]:
    if not url:
        return designing.blank(f"urn:ehospital:form:{uuid7()}", "")
    newest = queries.newest_definitions().get(url)
    if newest is None:
        raise Http404
    return dict(newest.content)


def _page(request: PageRequest, content: dict[str, Any], error: Exception | None = None) -> HttpResponse:
    refusals, nodes = [], []
    try:
        form = read(content | {"version": "0"})
        nodes = Drawing(form, settle(form, {})).nodes()
    except UnusableQuestionnaire as unusable:
        refusals = [str(one) for one in unusable.refusals]
    context = {
        "content": json.dumps(content, ensure_ascii=False),
        "form": content,
        "rows": [(one, "\n".join(one.options or ()), KINDS.get(one.kind, one.kind)) for one in designing.rows(content)],
        "answers": designing.answers(content),
        "kinds": KINDS.items(),
        "nodes": nodes,
        "refusals": refusals if request.method == "POST" else [],
        "differs": isinstance(error, actions.VersionDiffers),
    }
    return render(request, "staff/form_designer/page.html", context, status=422 if error else 200)
