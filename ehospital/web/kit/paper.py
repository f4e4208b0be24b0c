"""What every printed record has: whom it is about, who printed it when, and the language that it is written in."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from ehospital.foundation.printing import typesetting
from ehospital.foundation.printing.sheets import Paper, Section, Subject
from ehospital.people import queries
from ehospital.people.models import Patient
from ehospital.web.kit.dates import known, moment

PDF = "application/pdf"
_NO_NAME = re.compile(r"[^\w-]+")


def paper(
    title: str,
    patient: Patient,
    sections: Sequence[Section],
    *,
    by: str,
    at: datetime,
    preface: Sequence[str] = (),
    end: str,
) -> Paper:
    """Return a record on paper, in the language that is active.

    Args:
        patient: with identifiers loaded.
        by: who prints it.
    """
    return Paper(
        title=title,
        language=get_language() or "en",
        rtl=get_language_bidi(),
        author=settings.HOSPITAL_NAME,
        subject=subject(patient),
        printed=(settings.HOSPITAL_NAME, _("Printed {at}").format(at=moment(at)), by),
        pages=_("Page {page} of {pages}"),
        unshown=_(
            "Some letters of this record cannot be printed here: an empty box stands for each. Look at the screen."
        ),
        end=end,
        preface=preface,
        sections=sections,
    )


def subject(patient: Patient) -> Subject:
    """Return whom the paper is about, as every page of it says."""
    born = known(patient.birth_on, patient.birth_precision) if patient.birth_on else _("not known")
    facts = [
        (_("Born"), born),
        (_("Hospital no."), queries.hospital_number(patient) or _("none")),
        (_("Sex"), str(Patient.Sex(patient.sex).label)),
    ]
    return Subject(patient.name_text, facts)


def pdf(made: Paper, *, at: datetime, name: str, inline: bool) -> HttpResponse:
    """Answer with a record as PDF.

    Args:
        inline: whether a browser shows it, to be printed from there, instead of keeping the file.
    Raises:
        TooMuchToPrint, PressBusy: as `typesetting.typeset`.
    """
    return attached(typesetting.typeset(made, at=at), PDF, f"{name}.pdf", inline=inline)


def attached(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    """Answer with a file that nobody takes for anything else."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def file_stem(patient: Patient, word: str, at: datetime) -> str:
    """Return a name for a file that says whose it is by number, never by name: files lie about."""
    number = _NO_NAME.sub("-", queries.hospital_number(patient) or str(patient.pk)[-12:]).strip("-")
    return f"{word}-{number}-{at:%Y-%m-%d}"
