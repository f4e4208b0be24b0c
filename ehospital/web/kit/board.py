"""What a bed and an alert look like on a board. Views fill these; templates only lay them out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from ehospital.web.kit.durations import span
from ehospital.web.kit.news import NewsChip
from ehospital.web.kit.sparkline import Spark
from ehospital.web.kit.vitals import Vital


class BedState(StrEnum):
    """What a bed shows; the words are those of the stream's messages and of monitoring's `BedView.state`."""

    LIVE = "live"
    PARTIAL = "partial"  # an incomplete set
    SILENT = "silent"  # a monitor that stopped sending, or none at all
    EMPTY = "empty"  # nobody lies there


@dataclass(frozen=True, slots=True)
class Flag:
    """A safety flag. Flags wrap; they are never folded into a number."""

    text: str
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """When the next observations are due, in words."""

    text: str
    state: str
    words: str


def due(minutes: int | None, *, continuous: bool = False) -> Due:
    """Return the words for observations due in so many minutes.

    Args:
        minutes: until they are due; negative is late, None is not known.
        continuous: the score asks for continuous monitoring, so there is no next time.
    """
    if continuous:
        return Due(text=_("continuous"), state="", words=_("observations:"))
    if minutes is None:
        return Due(text="?", state="unknown", words=_("time of the next observations not known"))
    if minutes < 0:
        return Due(
            text=_("{span} late").format(span=span(-minutes)), state="late", words=_("observations are overdue:")
        )
    if minutes == 0:
        return Due(text=_("now"), state="", words=_("observations due"))
    return Due(text=span(minutes), state="", words=_("observations due in"))


@dataclass(frozen=True, slots=True)
class BedCard:
    """One bed of a board.

    `state_words` say why an empty bed takes nobody (cleaning, blocked). `patient_*`, `vitals`, `sparks` and `news`
    stay empty in an empty bed.
    """

    id: UUID | str
    code: str
    state: BedState
    state_words: str = ""
    patient_id: UUID | str = ""
    name: str = ""
    url: str = ""
    about: str = ""
    news: NewsChip | None = None
    vitals: tuple[Vital, ...] = ()
    sparks: tuple[Spark, ...] = ()
    flags: tuple[Flag, ...] = ()
    due: Due | None = None
    photo_url: str = ""

    @property
    def band(self) -> str:
        """The band that colours the card's edge."""
        return self.news.band if self.news else ""


@dataclass(frozen=True, slots=True)
class AlertCard:
    """One alert. `owner` empty means that nobody has taken it, and the card says so in bold.

    `owner_is_person` False: a ward or a team owns it until somebody takes it, which is marked too.
    `priority`: high, medium, low or technical. `state`: opened, acknowledged, closed. `what` is the finding
    ("NEWS2 9, BP 81"), `response` what is asked for ("Emergency response").
    """

    id: UUID | str
    priority: str
    what: str
    opened_at: datetime
    ago: str = ""
    response: str = ""
    state: str = "opened"
    owner: str = ""
    owner_is_person: bool = True
    bed_id: UUID | str = ""
    bed_code: str = ""
    patient_id: UUID | str = ""
    patient_name: str = ""
    url: str = ""
    acknowledge_url: str = ""

    @property
    def where(self) -> str:
        """Bed and name, as they are called out."""
        return " ".join(filter(None, (self.bed_code, self.patient_name)))

    @property
    def spoken(self) -> str:
        """What a screen reader announces when the alert is new."""
        return ", ".join(filter(None, (self.where, self.response, self.what)))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many beds a band holds; beds without a known score are counted apart, never among the zeros."""

    news: NewsChip
    name: str
    count: int


def tally(cards: "list[BedCard]") -> list[Tally]:
    """Return the count of occupied beds by band, sickest first, the unknown after them and the zeros last."""
    shown = {
        "high": ("7+", "!!", _("High")),
        "medium": ("5–6", "!", _("Medium")),
        "lowmed": ("3", "!", _("One 3")),
        "low": ("1–4", "", _("Low")),
        "unknown": ("?", "", _("Unknown")),
        "zero": ("0", "", _("Zero")),
    }
    counts = dict.fromkeys(shown, 0)
    for card in cards:
        if card.news is not None:
            counts[card.news.band] += 1
    return [
        Tally(news=NewsChip(text=text, band=band, mark=mark, arrow="", words=""), name=name, count=counts[band])
        for band, (text, mark, name) in shown.items()
    ]
