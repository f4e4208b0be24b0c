"""One note of the care team, as the patient reads it."""

from uuid import UUID

from django.http import HttpResponse

from ehospital.clinical import queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal import lines
from ehospital.web.portal.answering import mine, shown


@page(Permission.OWN_RECORD_READ)
def read(request: PageRequest, note_id: UUID) -> HttpResponse:
    """Show a signed note that is meant for the patient too, with what was added to it."""
    found = queries.note(mine(request), note_id, viewer=request.actor, at=request.actor.at)
    return shown(request, "portal/record/note.html", line=lines.note(found), note=found)
