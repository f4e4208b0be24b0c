"""The stops of the tour: a role, what it opens, and one thing to try."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Stop:
    """One button of the tour."""

    role: str
    icon: str
    label: Promise
    sees: Promise
    to_try: Promise


STOPS = (
    Stop("nurse", "layout-grid", _("Nurse"), _("The ward board, live"),
         _("Wait for a bed to turn, read why, and acknowledge the alert.")),
    Stop("doctor", "stethoscope", _("Doctor"), _("My patients"),
         _("Open a chart: allergies stay in sight, and the last day is one look.")),
    Stop("patient", "heart-handshake", _("Patient"), _("My record, on a phone"),
         _("Read your own history, and see who has looked at it.")),
    Stop("receptionist", "user-plus", _("Receptionist"), _("Find and register"),
         _("Register somebody twice: the desk is asked whether it is the same person.")),
    Stop("administrator", "device-heart-monitor", _("Administrator"), _("The devices"),
         _("See every monitor, when it was last heard, and revoke one.")),
    Stop("privacy_officer", "shield-lock", _("Privacy officer"), _("Charts opened outside of care"),
         _("Open a chart as the doctor with a reason, then judge it here.")),
    Stop("pharmacist", "pill", _("Pharmacist"), _("Find a patient"),
         _("Search a patient by a misspelt name.")),
    Stop("cashier", "credit-card", _("Cashier"), _("Patients"), _("Search by birth date; the chart stays shut.")),
    Stop("lab_technician", "flask", _("Laboratory"), _("Open orders"),
         _("Enter the result of an order, and see what a critical one does.")),
    Stop("radiographer", "scan", _("Radiography"), _("Open orders"), _("Answer an order with a finding.")),
)  # fmt: skip
