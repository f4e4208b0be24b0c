"""Take a file into a chart, or say in words why not."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.algorithms.file_types import ENDINGS, MOST_BYTES, FileType, Refusal
from ehospital.clinical import actions, queries
from ehospital.clinical.details import DocumentDetails
from ehospital.foundation.files import StoreAway, TooLarge
from ehospital.kernel.codes import Code
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.days import PartialDayField
from ehospital.web.staff.chart.head import opened_head

KINDS = {
    "letter": gettext_lazy("Letter"),
    "report": gettext_lazy("Report"),
    "consent": gettext_lazy("Consent"),
    "picture": gettext_lazy("Picture"),
    "other": gettext_lazy("Other document"),
}
_TYPES = {
    FileType.PDF: "PDF", FileType.PNG: "PNG", FileType.JPEG: "JPEG", FileType.WEBP: "WebP",
    FileType.TEXT: gettext_lazy("plain text"),
}  # fmt: skip


class UploadForm(forms.Form):
    """A file and what it is."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("PDF, PNG, JPEG, WebP or plain text, at most 20 MB."),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ",".join(ending for endings in ENDINGS.values() for ending in endings),
                "data-most-bytes": str(MOST_BYTES),
            }
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=list(KINDS.items()))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=500)
    written = PartialDayField(label=gettext_lazy("Written on"), help_text=gettext_lazy("As 17-05-2001; empty: today."))


@page(Permission.CHART_WRITE)
def add(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Take a file into the chart."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*sent)
    if request.method == "POST" and form.is_valid() and (added := _added(request, patient_id, form)):
        messages.success(request, _said_of(added, actor))
        return redirect("chart_documents", patient_id)
    context = {"head": opened_head(request, patient_id, "chart_documents"), "form": form}
    return render(request, "staff/chart/uploads/page.html", context, status=422 if form.is_bound else 200)


def _said_of(document_id: UUID, actor: access.Actor) -> str:
    if queries.waits_for_scanner(document_id, viewer=actor):
        return _("The document is in the chart. It opens once the virus scanner, which is away now, has looked at it.")
    return _("The document is in the chart.")


def _added(request: PageRequest, patient_id: UUID, form: UploadForm) -> UUID | None:
    """Take the file and return the document's id, or say in the form why not."""
    actor = request.actor
    try:
        content = form.cleaned_data["file"].read(MOST_BYTES + 1)
        return actions.upload_document(patient_id, _details(request, form), content=content, by=actor, at=actor.at)
    except actions.UnusableFile as error:
        form.add_error("file", why(error))
    except actions.InfectedFile as error:
        said = _("The virus scanner found {name} in this file. Nothing was kept. Tell those who look after computers.")
        form.add_error("file", said.format(name=error.name))
    except TooLarge:
        form.add_error("file", _("The virus scanner takes no file of this size. Nothing was kept; send it in parts."))
    except StoreAway:
        form.add_error("file", _("The file cannot be stored right now. Nothing was kept; try again soon."))
    except actions.DocumentKept:
        form.add_error("file", _("This very file is in the chart already."))
    except actions.InTheFuture:
        form.add_error("written", _("What was written lies in the past. Check the date."))
    return None


def _details(request: PageRequest, form: UploadForm) -> DocumentDetails:
    told = form.cleaned_data
    return DocumentDetails(
        code=Code("", "", str(KINDS[told["kind"]])),
        title=told["title"],
        written_at=told["written"].at if told["written"] else request.actor.at,
        file_name=told["file"].name or "",
    )


def why(error: actions.UnusableFile) -> str:
    """Say why a file is not taken, and what to do."""
    if error.why is Refusal.LYING and error.type is not None:
        return _("Its name says something else than it holds: {type}. Save it under its true type.").format(
            type=_TYPES[error.type]
        )
    words = {
        Refusal.EMPTY: _("The file is empty. Choose another one."),
        Refusal.TOO_LARGE: _("The file is larger than 20 MB. Scan it with fewer dots, or in parts."),
        Refusal.ARCHIVE: _("This is an archive or an office file. Save what is in it as PDF."),
        Refusal.DAMAGED: _("The file is cut off or damaged. Save or scan it again."),
        Refusal.TOO_MANY_PIXELS: _("The picture has more than 50 million pixels. Save it smaller."),
    }
    return words.get(error.why, _("A chart does not take this type. Save it as PDF, PNG, JPEG, WebP or plain text."))
