"""Take, replace, remove and show a photo."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.algorithms.file_types import MOST_BYTES, Refusal
from ehospital.foundation.files import FileWaiting, InfectedFile, StoreAway, TooLarge, UnknownFile
from ehospital.foundation.portraits import UnusablePicture
from ehospital.people import actions, queries
from ehospital.people.access import Permission
from ehospital.people.models import PatientPhoto
from ehospital.web.kit.page import PageRequest, page

_KEPT_S = 3600


class PhotoForm(forms.Form):
    """A picture and why it may be kept."""

    file = forms.FileField(
        label=gettext_lazy("Picture"),
        allow_empty_file=True,
        help_text=gettext_lazy("JPEG, PNG or WebP. On a phone, the camera opens. Place and time are removed."),
        widget=forms.ClearableFileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "user", "data-most-bytes": str(MOST_BYTES)}
        ),
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("Consent"), choices=PatientPhoto.Consent.choices, widget=forms.RadioSelect
    )


@page(Permission.PATIENT_EDIT)
def photo(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show the photo that stands, take another one, or remove it."""
    actor = request.actor
    person = queries.patient(patient_id, viewer=actor, permission=Permission.PATIENT_EDIT)
    taking = request.method == "POST" and request.POST.get("do") != "remove"
    form = PhotoForm(request.POST, request.FILES) if taking else PhotoForm()
    if request.method == "POST":
        answer = _taken(request, patient_id, form) if taking else _removed(request, patient_id)
        if answer is not None:
            return answer
    every = list(queries.photos_of(patient_id, viewer=actor))
    context = {"person": person, "form": form, "standing": next((one for one in every if not one.ended_at), None)}
    status = 422 if form.is_bound else 200
    return render(request, "staff/patient_photo/page.html", {**context, "every": every}, status=status)


@page(Permission.PHOTO_SEE)
def file(request: PageRequest, patient_id: UUID, photo_id: UUID, size: str) -> HttpResponse:
    """Give out one photo; its address names the version, so the same browser of the same person may keep it."""
    try:
        content = queries.photo_file(patient_id, photo_id, size, viewer=request.actor)
    except (FileWaiting, InfectedFile, TooLarge, UnknownFile) as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/webp")
    response["Cache-Control"] = f"private, max-age={_KEPT_S}, immutable"
    response["Vary"] = "Cookie"  # on a shared computer, not for whoever comes next
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _seen(request: PageRequest) -> UUID | None:
    try:
        return UUID(request.POST["seen"]) if request.POST.get("seen") else None
    except ValueError:
        return UUID(int=0)  # nothing that stands


def _taken(request: PageRequest, patient_id: UUID, form: PhotoForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    content, consent = form.cleaned_data["file"].read(MOST_BYTES + 1), form.cleaned_data["consent"]
    by, at = request.actor, request.actor.at
    try:
        actions.take_photo(patient_id, content, consent=consent, seen=_seen(request), by=by, at=at)
    except UnusablePicture as error:
        form.add_error("file", _why(error))
    except InfectedFile as error:
        said = _("The virus scanner found {name} in this file. Nothing was kept. Tell those who look after computers.")
        form.add_error("file", said.format(name=error.name))
    except TooLarge:
        form.add_error("file", _("The virus scanner takes no picture of this size. Nothing was kept; save it smaller."))
    except StoreAway:
        form.add_error("file", _("The photo cannot be stored right now. Nothing was kept; try again soon."))
    except actions.PhotoChanged:
        form.add_error(None, _("A colleague has changed the photo meanwhile. Look at the one below, then decide."))
    else:
        messages.success(request, _("The photo is kept."))
        return redirect("patient_photo", patient_id)
    return None


def _removed(request: PageRequest, patient_id: UUID) -> HttpResponse:
    by, at, reason = request.actor, request.actor.at, request.POST.get("reason", "")
    try:
        actions.remove_photo(patient_id, seen=_seen(request) or UUID(int=0), reason=reason, by=by, at=at)
    except actions.ReasonMissing:
        messages.warning(request, _("Write why the photo is removed, then remove it."))
    except (actions.PhotoChanged, actions.NoPhoto):
        messages.warning(request, _("A colleague has changed the photo meanwhile. Look at it, then decide."))
    else:
        messages.success(request, _("The photo was removed. It is kept in the history of the record."))
    return redirect("patient_photo", patient_id)


def _why(error: UnusablePicture) -> str:
    words = {
        Refusal.EMPTY: _("The file is empty. Choose another one."),
        Refusal.TOO_LARGE: _("The file is larger than 20 MB. Take the picture smaller."),
        Refusal.DAMAGED: _("The picture is cut off, damaged or smaller than 64 pixels. Take it again."),
        Refusal.TOO_MANY_PIXELS: _("The picture has more than 40 million pixels. Take it smaller."),
    }
    return words.get(error.why, _("This is no picture. Choose a JPEG, PNG or WebP."))
