"""My details, to read; they are corrected at the reception desk, where somebody sees who asks."""

from django.http import HttpResponse
from django.utils.translation import get_language_info

from ehospital.people import queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal.answering import mine, shown


@page(Permission.OWN_RECORD_READ)
def details(request: PageRequest) -> HttpResponse:
    """Show names, numbers, addresses, contacts and how to talk together."""
    patient = queries.patient(mine(request), viewer=request.actor, permission=Permission.OWN_RECORD_READ)
    return shown(
        request,
        "portal/details/page.html",
        patient=patient,
        number=queries.hospital_number(patient),
        language_name=language_name(patient.language),
    )


def language_name(code: str) -> str:
    """Return a language by its own name, or its code where we know no name."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code
