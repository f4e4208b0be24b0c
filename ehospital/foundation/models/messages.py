"""What leaves the house: messages to other processes, and the letters of a demo."""

from django.db import models
from django.db.models.functions import Now

from ehospital.foundation.models.records import Record


class OutboxMessage(Record):
    """What other processes must hear of: written with the change, relayed after commit, then removed."""

    subject = models.CharField(max_length=200)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Privacy:
        identifying = ("payload",)
        clinical = ()
        technical = ("id", "subject", "created_at")


class DemoMail(Record):
    """A message that a demo would have sent; shown on the demo's inbox page."""

    sent_at = models.DateTimeField(db_default=Now(), editable=False)
    sender = models.CharField(max_length=320)
    to = models.TextField()
    title = models.TextField()
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["-sent_at"], name="demo_mail_newest")]

    class Privacy:
        identifying = ("sender", "to", "title", "body")
        clinical = ()
        technical = ("id", "sent_at")
