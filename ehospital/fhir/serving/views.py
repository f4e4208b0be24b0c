"""The interactions, each at its address."""

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from ehospital.fhir.serving import creating, metadata, negotiation, reading, searching
from ehospital.fhir.serving.door import Visit, interaction
from ehospital.fhir.serving.outcomes import Answer, Problem, not_found, of_problem, response, unusable
from ehospital.fhir.serving.types import KINDS
from ehospital.people.access import Permission

_FORM: Final = frozenset({"application/x-www-form-urlencoded"})


def capabilities(request: HttpRequest) -> HttpResponse:
    """Say what the door can do; open to everybody."""
    try:
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "not-supported", "Here you may GET.", headers={"Allow": "GET, HEAD"})  # type: ignore[arg-type]
        negotiation.check_wanted(request)
    except Problem as problem:
        return of_problem(problem)
    return response(Answer(metadata.capabilities(request)))


def smart_configuration(request: HttpRequest) -> HttpResponse:
    """Say where tokens are given and which scopes there are; open to everybody."""
    return JsonResponse(metadata.smart_configuration(request))


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer an address of no interaction; whether anybody asks with a token makes no difference."""
    return of_problem(not_found())


for _view in (capabilities, smart_configuration, nothing_here):
    _view.permission = Permission.NONE_NEEDED  # type: ignore[attr-defined]


@interaction(Permission.CHART_READ, allow=("GET", "HEAD", "POST"))
def of_type(visit: Visit, kind: str) -> Answer:
    """Search a type, or create one."""
    if visit.request.method == "POST":
        return creating.create(visit, KINDS[kind], negotiation.body(visit.request))
    return searching.search(visit, KINDS[kind], _sent(visit.request.GET.lists()))


@interaction(Permission.CHART_READ, allow=("POST",))
def search_by_form(visit: Visit, kind: str) -> Answer:
    """Search with the parameters in the body, where no log keeps them."""
    negotiation.check_type(visit.request, _FORM)
    sent = [*_sent(visit.request.GET.lists()), *_sent(visit.request.POST.lists())]
    if any("\0" in text for pair in sent for text in pair):
        raise unusable("A NUL character was sent; no text holds one.")
    return searching.search(visit, KINDS[kind], sent)


@interaction(Permission.CHART_READ)
def one(visit: Visit, kind: str, key: str) -> Answer:
    """Read one resource."""
    return reading.read(visit, KINDS[kind], key)


def _sent(lists: object) -> list[tuple[str, str]]:
    return [(name, value) for name, values in lists for value in values]  # type: ignore[attr-defined]
