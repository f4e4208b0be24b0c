"""How a member of staff wants to be told, and the browsers that may show them push messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models import StaffMember

E164 = r"^\+[1-9][0-9]{6,14}$"


class Threshold(models.TextChoices):
    """From which urgency on a channel is used."""

    EVERYTHING = "everything", _("Everything")
    URGENT = "urgent", _("Urgent and critical only")
    CRITICAL = "critical", _("Critical only")
    NEVER = "never", _("Never")


class Wishes(Record):
    """What one member of staff wants; without a row the defaults hold. The screen always shows everything."""

    staff = models.OneToOneField(StaffMember, on_delete=models.PROTECT, related_name="wishes")
    email = models.CharField(max_length=10, choices=Threshold, default=Threshold.EVERYTHING)
    sms = models.CharField(max_length=10, choices=Threshold, default=Threshold.CRITICAL)
    push = models.CharField(max_length=10, choices=Threshold, default=Threshold.EVERYTHING)
    mobile = models.CharField(max_length=16, blank=True, help_text="E.164: + and the number with its country.")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mobile="") | models.Q(mobile__regex=E164), name="mobile_in_international_form"
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None)
                | (
                    models.Q(quiet_from__isnull=False, quiet_to__isnull=False)
                    & ~models.Q(quiet_from=models.F("quiet_to"))
                ),
                name="quiet_hours_whole",
            ),
        ]

    class Privacy:
        identifying = ("staff", "mobile")
        clinical = ()
        technical = ("id", "email", "sms", "push", "quiet_from", "quiet_to", "edition")


class PushSubscription(Record):
    """One browser that a member of staff has chosen for push messages, with their consent; goes when it goes."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100, help_text="The browser's public key.")
    auth = models.CharField(max_length=40, help_text="The secret that it shares with us.")
    name = models.CharField(max_length=120, help_text="What the browser is called on the page.")
    agreed_at = models.DateTimeField()

    class Privacy:
        identifying = ("staff", "endpoint")
        clinical = ()
        technical = ("id", "p256dh", "auth", "name", "agreed_at")
