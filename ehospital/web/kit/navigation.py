"""Where the bars lead: one table. What the actor may not open is not shown."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import resolve, reverse
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
    """A place that may be opened."""

    url: str
    label: Promise
    icon: str
    current: bool


WARD = Place("wards", _("Ward"), "layout-grid")
PATIENTS = Place("patients", _("Patients"), "users")
MY_PATIENTS = Place("my_patients", _("My patients"), "clipboard-heart")
PLAN_TASKS = Place("plan_tasks", _("Plans today"), "checklist")
REGISTER = Place("patient_register", _("Register"), "user-plus")
DUPLICATES = Place("duplicates", _("Duplicates"), "user-check")
REGISTERS = Place("registers", _("Registers"), "file-text")
ORDERS = Place("orders", _("Orders"), "clipboard-list")
RECALLS = Place("recalls", _("Recalls"), "phone")
RESULTS = Place("results", _("Results"), "flask")
ALERTS = Place("alerts", _("Alerts"), "bell")
NOTICES = Place("notices", _("Notices"), "inbox")
DEVICES = Place("devices", _("Devices"), "device-heart-monitor")
GLASS = Place("glass_worklist", _("Broken glass"), "urgent")
QUESTIONS = Place("look_questions", _("Questions"), "help")
COMPUTERS = Place("computers", _("Computers"), "fingerprint")
FORMS = Place("form_designer", _("Forms"), "clipboard-list")
AUDIT = Place("audit", _("Audit"), "shield-lock")
SECURITY = Place("mfa_index", _("Sign-in and security"), "key")

STAFF: dict[str, tuple[Place, ...]] = {
    Role.NURSE: (WARD, PATIENTS, ALERTS, ORDERS, PLAN_TASKS, RECALLS, DEVICES),
    Role.DOCTOR: (MY_PATIENTS, WARD, RESULTS, PATIENTS, ORDERS, ALERTS, PLAN_TASKS, RECALLS, DEVICES),
    Role.PHARMACIST: (PATIENTS, MY_PATIENTS, PLAN_TASKS),
    Role.RECEPTIONIST: (PATIENTS, REGISTER, DUPLICATES),
    Role.CASHIER: (PATIENTS,),
    Role.LAB_TECHNICIAN: (ORDERS, PATIENTS),
    Role.RADIOGRAPHER: (ORDERS, PATIENTS),
    Role.ADMINISTRATOR: (DEVICES, COMPUTERS, DUPLICATES, REGISTERS, FORMS),
    Role.PRIVACY_OFFICER: (GLASS, QUESTIONS, AUDIT, PATIENTS),
}
PORTAL: tuple[Place, ...] = (
    Place("portal_home", _("Home"), "home"),
    Place("portal_record", _("My record"), "file-text"),
    Place("portal_plans", _("My plans"), "checklist"),
    Place("portal_access", _("Who looked"), "eye"),
    Place("portal_consents", _("My consents"), "shield-lock"),
    Place("portal_details", _("My details"), "id"),
    Place("portal_proxies", _("Acting for others"), "users"),
)


@lru_cache(maxsize=64)
def _found(url_name: str) -> tuple[str, access.Permission | None]:
    """Return the address of that name and the permission it declares; pages of the sign-in library declare none."""
    url = reverse(url_name)
    return url, getattr(resolve(url).func, "permission", None)


def address(place: Place, actor: access.Actor | None) -> str:
    """Return the address of a place, empty when it is not for this actor."""
    url, permission = _found(place.url_name)
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
