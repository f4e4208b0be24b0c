"""Where a demo's e-mail lands: a page instead of a mail server."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from ehospital.foundation.models import DemoMail

KEPT = 500


class InboxBackend(BaseEmailBackend):
    """Keeps the newest messages in the database, for the demo's inbox page."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages and return how many there were."""
        DemoMail.objects.bulk_create(
            DemoMail(sender=mail.from_email, to=", ".join(mail.to), title=str(mail.subject), body=str(mail.body))
            for mail in email_messages
        )
        old = DemoMail.objects.order_by("-sent_at", "-id").values("pk")[KEPT:]
        DemoMail.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
        return len(email_messages)
