"""Every message of every step to every person over every channel, and what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.messaging.models.notices import Notice
from ehospital.people.models import StaffMember


class Channel(models.TextChoices):
    """How a notice comes to a person."""

    SCREEN = "screen", _("Screen")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    PUSH = "push", _("Push message")


class Delivery(Record):
    """One message: it leaves once, is tried again when it fails, and says why when it does not leave."""

    class State(models.TextChoices):
        """What became of it."""

        QUEUED = "queued", _("waits")
        SENDING = "sending", _("is being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        LEFT_OUT = "left_out", _("not sent")

    class Why(models.TextChoices):
        """Why it has not left, as far as it is not the words of whoever refused it."""

        NO_ACCOUNT = "no_account", _("has no account to sign in with")
        NO_ADDRESS = "no_address", _("no e-mail address is known")
        NO_MAIL = "no_mail", _("no e-mail is configured")
        NO_NUMBER = "no_number", _("no mobile number is known")
        NO_SMS = "no_sms", _("no SMS configured")
        NO_BROWSER = "no_browser", _("no browser was chosen for push messages")
        NO_PUSH = "no_push", _("no push is configured")
        QUIET = "quiet", _("waits for the end of the quiet hours")
        SETTLED = "settled", _("somebody had acted before it left")
        RELIEVED = "relieved", _("somebody else had taken it over before it left")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    position = models.PositiveIntegerField(help_text="The step that it belongs to.")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=10, choices=State)
    why = models.CharField(max_length=300, blank=True, help_text="One of `Why`, or what the other side said.")
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text="When it is tried next, or given up as lost while being sent.")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "position", "staff", "channel"], name="one_message_a_step_person_and_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("queued", "sending"), next_at__isnull=False, sent_at=None)
                | models.Q(state="sent", next_at=None, sent_at__isnull=False)
                | models.Q(state__in=("failed", "left_out"), next_at=None, sent_at=None),
                name="delivery_state_and_times_agree",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("failed", "left_out"), why=""), name="delivery_says_why_not"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="deliveries_due", condition=models.Q(state__in=("queued", "sending"))
            ),
            models.Index(fields=["staff", "-queued_at"], name="deliveries_of_person"),
        ]

    class Privacy:
        identifying = ("staff",)
        clinical = ()
        technical = (
            "id", "notice", "position", "channel", "state", "why", "attempts", "queued_at", "next_at", "sent_at",
        )  # fmt: skip
