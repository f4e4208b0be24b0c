"""Where the bars lead: one table. An address that does not exist, or that the actor may not open, is not shown."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.people import access
from ehospital.people.access import Role


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a bar: the name of its address, its word and its icon."""

    url_name: str
    label: Promise
    icon: str


@dataclass(frozen=True, slots=True)
class Link:
    """A place that exists and may be opened."""

    url: str
    label: Promise
    icon: str
    current: bool


WARD = Place("wards", _("Ward"), "layout-grid")
PATIENTS = Place("patients", _("Patients"), "users")
MY_PATIENTS = Place("my_patients", _("My patients"), "clipboard-heart")
REGISTER = Place("patient_register", _("Register"), "user-plus")
TASKS = Place("tasks", _("Tasks"), "checklist")
ALERTS = Place("alerts", _("Alerts"), "bell")
MESSAGES = Place("messages", _("Messages"), "message-circle")
HANDOVER = Place("handover", _("Handover"), "arrows-exchange")
MEDICINES = Place("medicines", _("Medicines"), "pill")
BEDS = Place("beds", _("Beds"), "bed")
CLINIC = Place("clinic", _("Clinic"), "stethoscope")
RESULTS = Place("results", _("Results"), "flask")
ORDERS = Place("orders", _("Orders"), "clipboard-list")
WORKLIST = Place("pharmacy", _("Worklist"), "clipboard-list")
STOCK = Place("stock", _("Stock"), "package")
TODAY = Place("reception", _("Today"), "calendar-event")
QUEUE = Place("queue", _("Queue"), "users")
BOOK = Place("staff_booking", _("Book"), "calendar")
PAY = Place("pay", _("Pay"), "credit-card")
INVOICES = Place("invoices", _("Invoices"), "receipt")
DEVICES = Place("devices", _("Devices"), "device-heart-monitor")
DASHBOARD = Place("dashboard", _("Dashboard"), "chart-bar")
PEOPLE = Place("people", _("People"), "id")
AUDIT = Place("audit", _("Audit"), "shield-lock")
SECURITY = Place("mfa_index", _("Sign-in and security"), "key")

STAFF: dict[str, tuple[Place, ...]] = {
    Role.NURSE: (WARD, PATIENTS, TASKS, ALERTS, MESSAGES, HANDOVER, MEDICINES, BEDS, DEVICES),
    Role.DOCTOR: (MY_PATIENTS, WARD, PATIENTS, CLINIC, ALERTS, RESULTS, ORDERS, MESSAGES, DEVICES),
    Role.PHARMACIST: (WORKLIST, PATIENTS, STOCK, MESSAGES),
    Role.RECEPTIONIST: (TODAY, QUEUE, BOOK, PATIENTS, REGISTER, PAY),
    Role.CASHIER: (INVOICES, PAY, PATIENTS),
    Role.LAB_TECHNICIAN: (WORKLIST, RESULTS, PATIENTS),
    Role.RADIOGRAPHER: (WORKLIST, RESULTS, PATIENTS),
    Role.ADMINISTRATOR: (DASHBOARD, DEVICES, BEDS, STOCK, PEOPLE, AUDIT),
    Role.PRIVACY_OFFICER: (AUDIT, PATIENTS),
}
PORTAL: tuple[Place, ...] = (
    Place("portal_home", _("Home"), "home"),
    Place("portal_appointments", _("Appointments"), "calendar"),
    Place("portal_messages", _("Messages"), "message-circle"),
    Place("portal_medicines", _("Medicines"), "pill"),
    Place("portal_record", _("My record"), "file-text"),
    Place("portal_payments", _("Payments"), "credit-card"),
    Place("portal_access", _("Who looked"), "eye"),
    Place("portal_details", _("My details"), "id"),
)


@lru_cache(maxsize=256)
def _found(url_name: str, urlconf: str) -> tuple[str, access.Permission | None] | None:
    """Return the address of that name and the permission it declares; None when there is no such page."""
    try:
        url = reverse(url_name, urlconf=urlconf)
        view = resolve(url, urlconf=urlconf).func
    except (NoReverseMatch, Resolver404):
        return None
    return url, getattr(view, "permission", None)


def address(place: Place, actor: access.Actor | None) -> str:
    """Return the address of a place, empty when it does not exist or is not for this actor."""
    found = _found(place.url_name, settings.ROOT_URLCONF)
    if found is None:
        return ""
    url, permission = found
    return url if permission is None or access.holds(actor, permission) else ""


def links(places: tuple[Place, ...], *, actor: access.Actor | None, path: str) -> tuple[Link, ...]:
    """Return the links of a bar for this actor; the one whose address begins the path most closely is current."""
    found = [(place, url) for place in places if (url := address(place, actor))]
    begins = [
        url for _place, url in found if path == url or (url.endswith("/") and len(url) > 1 and path.startswith(url))
    ]
    nearest = max(begins, key=len, default="")
    return tuple(Link(url=url, label=place.label, icon=place.icon, current=url == nearest) for place, url in found)


def staff_places(actor: access.Actor) -> tuple[Place, ...]:
    """Return the places of all roles that the actor holds, each once, in the order of the table."""
    ordered = [place for role, places in STAFF.items() if role in actor.roles for place in places]
    return tuple(dict.fromkeys(ordered))
