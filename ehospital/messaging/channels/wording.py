"""What leaves the house in words: never whom it is about, because mail, texts and lock screens are read by others."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from ehospital.messaging.models import Delivery, Notice
from ehospital.messaging.policies.urgency import RULES, Urgency
from ehospital.messaging.queries.recipients import Recipient


@dataclass(frozen=True)
class Words:
    """A message in the person's language."""

    title: str
    body: str


def words(message: Delivery, person: Recipient) -> Words:
    """Return what a message says."""
    notice = message.notice
    with translation.override(person.language or None):
        title = str(Notice.Kind(notice.kind).label)
        if RULES[notice.kind].urgency is Urgency.CRITICAL:
            title = _("Critical: {title}").format(title=title)
        body = _("{hospital}: sign in and open “Notices” to see what it is about, and to act on it.").format(
            hospital=settings.HOSPITAL_NAME
        )
        if message.position:
            body += " " + _("Nobody has acted on it so far.")
    return Words(title, body)
