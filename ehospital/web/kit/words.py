"""The words that the scripts of a page say, translated on the server and handed over as one JSON block."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def for_every_page() -> dict[str, str]:
    """Return the few words that every page's script may need."""
    return {
        "not_sent": _("No connection to the hospital. What you typed is still here; try again."),
        "refused": _("That did not work. Tell support this number: {number}"),
        "close": _("Close"),
    }


def for_scripts() -> dict[str, str]:
    """Return the words of the staff's pages by key; `{…}` stands for what the script fills in."""
    return {
        "live": _("Live"),
        "connecting": _("Connecting"),
        "reconnecting": _("Reconnecting"),
        "stale": _("Stale"),
        "ended": _("Signed out"),
        "stale_since": _("No live data since {time}. What you see may have changed."),
        "ended_why": _("You are signed out here. Sign in again to see live values."),
        "no_signal": _("No signal"),
        "incomplete": _("Incomplete"),
        "news_unknown": _("NEWS2 score not known"),
        "news_known": _("NEWS2 score {score}, {risk}"),
        "news_partial": _("NEWS2 score at least {score}, {risk}, incomplete"),
        "news_missing": _("missing: {names}"),
        "risk_zero": _("no risk"),
        "risk_low": _("low risk"),
        "risk_lowmed": _("low to medium risk: one sign scores 3"),
        "risk_medium": _("medium risk"),
        "risk_high": _("high risk"),
        "up": _("rising"),
        "down": _("falling"),
        "steady": _("steady"),
        "points": _("scores {points}"),
        "not_measured": _("not measured"),
        "rr": _("respiratory rate"),
        "spo2": _("oxygen saturation"),
        "oxygen": _("oxygen"),
        "sbp": _("blood pressure"),
        "hr": _("heart rate"),
        "temp": _("temperature"),
        "consciousness": _("consciousness"),
        "A": pgettext("level of consciousness", "Alert"),
        "C": pgettext("level of consciousness", "New confusion"),
        "V": pgettext("level of consciousness", "Voice"),
        "P": pgettext("level of consciousness", "Pain"),
        "U": pgettext("level of consciousness", "Unresponsive"),
        **for_every_page(),
    }
