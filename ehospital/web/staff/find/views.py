"""What the search at the top answers while somebody types; Enter leads to the whole search."""

from django.http import HttpResponse
from django.shortcuts import render

from ehospital.kernel.folding import fold
from ehospital.people import access, queries
from ehospital.people.access import Permission
from ehospital.web.kit import navigation
from ehospital.web.kit.page import PageRequest, page

PATIENTS = 6


@page(Permission.PATIENT_SEARCH)
def find(request: PageRequest) -> HttpResponse:
    """Answer with patients and places; before anything is typed, with the patients seen lately."""
    actor, text = request.actor, request.GET.get("q", "").strip()
    context = {
        "text": text,
        "patients": queries.find_patients(text, viewer=actor, at=actor.at)[:PATIENTS] if text else [],
        "lately": [] if text else queries.recently_seen(viewer=actor, at=actor.at),
        "places": _places(actor, text),
    }
    return render(request, "staff/find/answers.html", context)


def _places(actor: access.Actor, text: str) -> list[navigation.Link]:
    """Return the places whose name has a word that begins like what was typed."""
    typed = fold(text)
    if not typed:
        return []
    places = (*navigation.staff_places(actor), navigation.REGISTER, navigation.SECURITY)
    links = navigation.links(tuple(dict.fromkeys(places)), actor=actor, path="")
    return [link for link in links if any(word.startswith(typed) for word in fold(str(link.label)).split())]
