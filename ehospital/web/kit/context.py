"""What every template knows of the frame around it: theme, density, who is here, where the bars lead."""

from datetime import UTC, datetime
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from ehospital.messaging import queries as messaging
from ehospital.people import access
from ehospital.people.access import Actor, Role
from ehospital.people.models import Proxy, SharedComputer
from ehospital.web.kit import navigation, result_counts, words
from ehospital.web.kit.stations import Station

THEMES = ("light", "dark")
DENSITIES = ("compact", "regular", "comfortable")
THEME_COOKIE, DENSITY_COOKIE = "theme", "density"


class Shell:
    """The frame of one page. Everything is worked out only when a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def actor(self) -> Actor | None:
        """Who is signed in, or None."""
        return getattr(self._request, "actor", None)

    @property
    def hospital(self) -> str:
        """The hospital's name."""
        return settings.HOSPITAL_NAME

    @property
    def zone(self) -> str:
        """The time zone that the hospital's clocks show."""
        return settings.TIME_ZONE

    @property
    def now(self) -> datetime:
        """The moment of the page."""
        return datetime.now(UTC)

    @property
    def number(self) -> str:
        """The request's number, to quote to support."""
        return str(getattr(self._request, "number", ""))

    @cached_property
    def theme(self) -> str:
        """`light`, `dark`, or empty when the system decides: this browser's choice before the account's."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        if chosen == "auto":
            return ""
        if chosen not in THEMES and self.actor is not None:
            chosen = getattr(self._request.user, "theme", "")
        return chosen if chosen in THEMES else ""

    @property
    def density(self) -> str:
        """The density of staff pages."""
        chosen = self._request.COOKIES.get(DENSITY_COOKIE, "")
        return chosen if chosen in DENSITIES else "compact"

    @cached_property
    def rail(self) -> tuple[navigation.Link, ...]:
        """The staff's rail."""
        if self.actor is None:
            return ()
        return navigation.links(navigation.staff_places(self.actor), actor=self.actor, path=self._request.path)

    @cached_property
    def portal(self) -> tuple[navigation.Link, ...]:
        """The patients' bar."""
        return navigation.links(navigation.PORTAL, actor=self.actor, path=self._request.path)

    @cached_property
    def near(self) -> int:
        """How many entries of the rail a phone shows before `More`: five, or four and `More`."""
        return 5 if len(self.rail) <= 5 else 4

    @property
    def search_url(self) -> str:
        """Where a patient is searched for."""
        return navigation.address(navigation.PATIENTS, self.actor)

    @property
    def alerts_url(self) -> str:
        """Where alerts are listed."""
        return navigation.address(navigation.ALERTS, self.actor)

    @cached_property
    def results_url(self) -> str:
        """Where results wait to be acknowledged."""
        return navigation.address(navigation.RESULTS, self.actor)

    def results_waiting(self) -> int:
        """How many of them wait for whoever is here."""
        return result_counts.waiting(self.actor) if self.actor else 0

    def computer(self) -> SharedComputer | None:
        """The shared computer before which somebody sits, or None."""
        found: Station | None = getattr(self._request, "station", None)
        return found.computer() if found is not None else None

    @property
    def acting_as(self) -> str:
        """What the actor is to the patient for whom they act: mother, carer."""
        acting = self.actor.acting if self.actor else None
        return str(Proxy.Relation(acting.relation).label) if acting else ""

    @cached_property
    def notices_url(self) -> str:
        """Where what waits for whoever is here is listed."""
        return navigation.address(navigation.NOTICES, self.actor) if self.actor else ""

    def may_act(self) -> bool:
        """Whether who is here may act on their own record, or only read it for somebody."""
        return access.holds(self.actor, access.Permission.OWN_RECORD_ACT)

    def notices_unread(self) -> int:
        """How many notices they have not seen yet."""
        return messaging.unread_count(viewer=self.actor) if self.actor else 0

    @property
    def security_url(self) -> str:
        """Where one's own sign-in is kept."""
        return navigation.address(navigation.SECURITY, self.actor) if self.actor else ""

    @property
    def roles(self) -> str:
        """The actor's roles in words."""
        held = self.actor.roles if self.actor else frozenset()
        return ", ".join(str(role.label) for role in Role if role in held)

    @property
    def words(self) -> dict[str, str]:
        """The words that scripts say on the staff's pages."""
        return words.for_scripts()

    @property
    def few_words(self) -> dict[str, str]:
        """The words that scripts say on every page."""
        return words.for_every_page()


def shell(request: HttpRequest) -> dict[str, object]:
    """Give every template `shell`."""
    return {"shell": Shell(request)}
