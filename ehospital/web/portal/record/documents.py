"""My letters and documents: read here when they are plain text, otherwise taken along as a file."""

import re
from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from ehospital.clinical import queries
from ehospital.clinical.models import Document
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal import lines
from ehospital.web.portal.answering import shown

TEXT: Final = "text/plain"
# What a browser shows without running anything. Everything else is taken along as a file of no type.
_SHOWN: Final = {TEXT: ".txt", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
_TAKEN: Final = {"application/pdf": ".pdf"}
_SANDBOX: Final = "default-src 'none'; img-src 'self'; sandbox"
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


@page(Permission.OWN_RECORD_READ)
def read(request: PageRequest, document_id: UUID) -> HttpResponse:
    """Show a letter that is plain text, within the page; of every other document, how to take it along."""
    found = queries.document_content(document_id, viewer=request.actor, at=request.actor.at)
    kind = kind_of(found.document)
    return shown(
        request,
        "portal/record/document.html",
        line=lines.document(found.document),
        document=found.document,
        text=decoded(found.content) if found.content is not None and kind == TEXT else "",
        picture=found.content is not None and kind.startswith("image/") and kind in _SHOWN,
    )


@page(Permission.OWN_RECORD_READ)
def download(request: PageRequest, document_id: UUID) -> HttpResponse:
    """Give out one document, in a sandbox: whatever it holds, it runs nothing here and is taken for nothing else."""
    found = queries.document_content(document_id, viewer=request.actor, at=request.actor.at)
    if found.content is None:
        raise Http404
    kind = kind_of(found.document)
    safe = kind if kind in _SHOWN or kind in _TAKEN else "application/octet-stream"
    response = HttpResponse(found.content, content_type=f"{TEXT}; charset=utf-8" if safe == TEXT else safe)
    attached = content_disposition_header(not safe.startswith("image/"), file_name(found.document))
    response["Content-Disposition"] = attached or "attachment"
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def kind_of(document: Document) -> str:
    """Return the media type that the source told, without its parameters."""
    return document.content_type.split(";")[0].strip().lower()


def decoded(content: bytes) -> str:
    """Return the text; bytes that are no UTF-8 are read as the Latin of old systems, so that nothing is left out."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def file_name(document: Document) -> str:
    """Return a name for the file that no system trips over, with the ending of its type."""
    ending = {**_SHOWN, **_TAKEN}.get(kind_of(document), "")
    stem = document.file_name or document.title or document.display or "document"
    clean = _UNSAFE.sub(" ", stem).strip(" .")[:100] or "document"
    return clean if clean.lower().endswith(ending) else f"{clean}{ending}"
