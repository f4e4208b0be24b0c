"""What a page says of the version of a result that was read."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.utils.translation import gettext as _

from ehospital.clinical import actions
from ehospital.web.kit.dates import moment
from ehospital.web.kit.page import PageRequest


def report_id(text: str, known: Iterable[UUID]) -> UUID | None:
    """Return the version that a form says was read, as long as it is one of the known ones."""
    return {str(one): one for one in known}.get(text)


def answer_late(request: PageRequest, error: Exception) -> None:
    """Say why nothing was acknowledged, and what to do."""
    if isinstance(error, actions.AcknowledgedBefore):
        said = _("{name} has acknowledged it already, {at}.").format(name=error.name, at=moment(error.at))
        messages.info(request, said)
    elif isinstance(error, actions.ResultAmended):
        messages.warning(request, _("The result was changed meanwhile. Read what stands now, then acknowledge that."))
    else:
        messages.warning(request, _("One of them is not normal. Read that one by itself."))
