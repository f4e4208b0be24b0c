"""Which format is wanted and which was sent: JSON of FHIR R4, whatever it is called; XML is refused in words."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest

from ehospital.fhir.serving.outcomes import MEDIA_TYPE, Problem

LARGEST_BODY: Final = 1 << 20
_JSON: Final = frozenset({"application/fhir+json", "application/json", "application/json+fhir", "json", "text/json"})
_ANYTHING: Final = {"*/*", "application/*"}
_VERSIONS: Final = {"4.0", "4.0.1", "4"}


def check_wanted(request: HttpRequest) -> None:
    """Return when the client takes FHIR R4 as JSON; `_format` counts before the Accept header.

    Raises:
        Problem: 406.
    """
    if wanted := request.GET.get("_format", "").replace(" ", "+"):
        if not _is_json(wanted):
            raise _not_acceptable(f"_format={wanted[:60]}")
        return
    ranges = [one for one in request.headers.get("Accept", "").split(",") if one.strip()]
    if ranges and not any(_is_json(one, or_anything=True) for one in ranges):
        raise _not_acceptable("Accept")


def _is_json(text: str, *, or_anything: bool = False) -> bool:
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    known = kind in _JSON or (or_anything and kind in _ANYTHING)
    told = dict(one.split("=", 1) for one in parameters if "=" in one)
    return known and told.get("fhirversion", "4.0") in _VERSIONS and told.get("q", "1") not in ("0", "0.0", "0.00")


def _not_acceptable(what: str) -> Problem:
    words = f"{what}: this door speaks FHIR R4 as JSON only, not XML; ask for application/fhir+json."
    return Problem(HTTPStatus.NOT_ACCEPTABLE, "not-supported", words)


def check_type(request: HttpRequest, allowed: frozenset[str]) -> None:
    """Return when what was sent calls itself one of these.

    Raises:
        Problem: 415 when it does not, 413 when it says that it is larger than any resource we take.
    """
    if (request.content_type or "").lower() not in allowed:
        names = MEDIA_TYPE if MEDIA_TYPE in allowed else " or ".join(sorted(allowed))
        words = f"Send {names} and say so in Content-Type."
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-supported", words)
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not (told.isascii() and told.isdigit()) or int(told[:12]) > LARGEST_BODY:
        raise _too_large()


def body(request: HttpRequest) -> bytes:
    """Return the resource that was sent.

    Raises:
        Problem: 415 when it is no JSON, 413 when it is larger than any resource we take.
    """
    check_type(request, _JSON)
    sent: bytes = request.read(LARGEST_BODY + 1)
    if len(sent) > LARGEST_BODY:
        raise _too_large()
    return sent


def _too_large() -> Problem:
    words = f"A request may have {LARGEST_BODY >> 20} MB here."
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-costly", words)
