"""What every page of the portal does: it is about whoever asks, and it travels light."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from ehospital.people import access
from ehospital.web.kit.page import PageRequest

_packer = GZipMiddleware(lambda _request: HttpResponse())


def mine(request: PageRequest) -> UUID:
    """Return whose record the page shows: always the record of whoever asks.

    Raises:
        NotPermitted: the account belongs to no patient.
    """
    if request.actor.patient_id is None:
        raise access.NotPermitted(f"{request.actor.name} has no record here")
    return request.actor.patient_id


def called(name: str) -> str:
    """Return how to address somebody whose chart says FAMILY, Given."""
    family, _comma, given = name.partition(", ")
    return given or family


def told(request: PageRequest, act: Callable[[], object], *, done: str, but: Mapping[type[Exception], str]) -> None:
    """Do what was asked for, and say on the next page how it went.

    Args:
        done: what is said when it was done.
        but: what is said instead, by what the action raises; anything else goes its way.
    """
    try:
        act()
    except tuple(but) as refusal:
        messages.info(request, next(words for kind, words in but.items() if isinstance(refusal, kind)))
    else:
        messages.success(request, done)


def shown(request: PageRequest, template: str, **context: Any) -> HttpResponse:
    """Draw a page, packed for slow lines.

    A page that was asked for with a query is sent as it is: packing text that a stranger chose together with a secret
    would tell the secret by its length (BREACH). Without a query, nothing on the page comes from the request.
    """
    response = render(request, template, {"called": called(request.actor.name), **context})
    if request.META.get("QUERY_STRING"):
        return response
    packed = _packer.process_response(request, response)
    assert isinstance(packed, HttpResponse)
    return packed
