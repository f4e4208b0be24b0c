"""E-mail, as the hospital sends all its letters."""

from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from ehospital.messaging.channels.outcome import Outcome
from ehospital.messaging.channels.wording import words
from ehospital.messaging.models import Delivery
from ehospital.messaging.queries.recipients import Recipient

_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def nowhere() -> bool:
    """Return whether this hospital sends no mail at all."""
    return bool(settings.EMAIL_BACKEND == _NOWHERE)


def obstacle(person: Recipient) -> str:
    """Return why no mail can go to the person."""
    if nowhere():
        return Delivery.Why.NO_MAIL
    return "" if person.email else Delivery.Why.NO_ADDRESS


def send(message: Delivery, person: Recipient, *, at: datetime) -> Outcome:
    """Hand one letter to the mail server."""
    said = words(message, person)
    try:
        with get_connection() as server:
            EmailMessage(subject=said.title, body=f"{said.body}\n", to=[person.email], connection=server).send()
    except (SMTPException, OSError) as error:
        return Outcome(why=f"{type(error).__name__}: {error}")
    return Outcome(sent=True)
