"""My record to take along: on paper in plain words, or as a file that another hospital's computers read."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ehospital.clinical import queries
from ehospital.foundation.printing.typesetting import PressBusy, TooMuchToPrint
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.paper import attached, file_stem, paper, pdf
from ehospital.web.kit.patient_summary import FHIR_JSON, patient_summary
from ehospital.web.portal.answering import mine
from ehospital.web.portal.record.on_paper import sections

PRINTED_LINES = 300


@page(Permission.OWN_RECORD_READ)
def as_pdf(request: PageRequest) -> HttpResponse:
    """Give out the whole record, as the portal shows it, as PDF."""
    actor, at = request.actor, request.actor.at
    taken = queries.taken_out(mine(request), viewer=actor, at=at, form="pdf", most=PRINTED_LINES)
    try:
        made = paper(
            _("My record"), taken.patient, sections(taken), by=actor.name, at=at, preface=_preface(), end=_end()
        )
        return pdf(made, at=at, name=file_stem(taken.patient, "record", at), inline=False)
    except TooMuchToPrint:
        messages.warning(request, _("Your record is too long for one document. Ask the hospital for a copy."))
    except PressBusy:
        messages.warning(request, _("The document was not ready in time. Try again in a minute."))
    return redirect("portal_record")


def _preface() -> Sequence[str]:
    return (
        _("This is what the hospital's record says about you, as you see it in the portal. Keep it safe."),
        _("If something is wrong, say so in the portal or to your care team: it can be corrected."),
    )


def _end() -> str:
    return _("End of the record")


@page(Permission.OWN_RECORD_READ)
def as_fhir(request: PageRequest) -> HttpResponse:
    """Give out the International Patient Summary as a file."""
    content = patient_summary(mine(request), viewer=request.actor, at=request.actor.at)
    return attached(content, FHIR_JSON, f"patient-summary-{request.actor.at:%Y-%m-%d}.json")
