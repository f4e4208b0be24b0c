"""One vital sign on a screen: its name, its value, its points in the score, and whether it is there at all."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.web.kit.words import for_scripts

_SPO2 = mark_safe("SpO<sub>2</sub>")
_CELSIUS = mark_safe('<bdi dir="ltr">°C</bdi>')

_SHORT: dict[str, object] = {
    "rr": gettext_lazy("RR"), "spo2": _SPO2, "sbp": gettext_lazy("BP"), "hr": gettext_lazy("HR"), "temp": _CELSIUS,
    "consciousness": gettext_lazy("ACVPU"), "pulse": gettext_lazy("Pulse"), "glucose": gettext_lazy("Glucose"),
    "etco2": mark_safe("EtCO<sub>2</sub>"), "weight": gettext_lazy("Weight"), "map": gettext_lazy("MAP"),
}  # fmt: skip
_LONG: dict[str, object] = {
    "rr": gettext_lazy("Resp. rate"), "spo2": _SPO2, "sbp": gettext_lazy("Blood pressure"),
    "hr": gettext_lazy("Heart rate"), "temp": gettext_lazy("Temperature"),
    "consciousness": gettext_lazy("Consciousness"), "map": gettext_lazy("Mean pressure"),
}  # fmt: skip
_UNITS = {
    "rr": "/min", "spo2": "%", "hr": "/min", "pulse": "/min", "temp": "°C", "glucose": "mg/dL", "etco2": "mmHg",
    "weight": "kg", "map": "mmHg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vital:
    """One cell. `state` is live, old (an earlier value) or missing (never a number)."""

    key: str
    short: object
    long: object
    unit: str
    text: str
    points: int
    state: str
    words: str
    second: str = ""
    on_oxygen: bool = False
    oxygen_points: int = 0

    @property
    def level(self) -> int:
        """The colour step, 0 to 3: that of the higher of the two scores when oxygen shares the cell."""
        return max(self.points, self.oxygen_points)

    @property
    def dots(self) -> str:
        """One dot a point, oxygen's own included."""
        return "•" * (self.points + self.oxygen_points)


def _whole(value: float) -> str:
    return str(Decimal(str(value)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _tenth(value: float) -> str:
    return str(Decimal(str(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


_WRITTEN: dict[str, Callable[[float], str]] = {"temp": _tenth, "weight": _tenth}


def written(key: str, value: float | str | None) -> str:
    """Return a value as screens write it: whole numbers, temperature and weight to 0.1, consciousness as a word."""
    if value is None:
        return "?"
    if isinstance(value, str):
        return for_scripts().get(value, value)
    return _WRITTEN.get(key, _whole)(value)


def vital(
    key: str,
    value: float | str | None,
    *,
    points: int | None = None,
    second: float | None = None,
    oxygen_l_min: float | None = None,
    oxygen_points: int = 0,
    old: bool = False,
) -> Vital:
    """Return one cell.

    Args:
        key: rr, spo2, sbp, hr, temp, consciousness, pulse, glucose (mg/dL), etco2, weight (kg), map.
        value: in the units of `_UNITS`; None when there is none.
        points: its part of the score.
        second: the diastolic pressure beside the systolic.
        oxygen_l_min: litres a minute, shown in the cell of the saturation; None when not known, 0 on air.
        oxygen_points: the score of the oxygen itself.
        old: measured too long ago to count.
    """
    state = "missing" if value is None else "old" if old else "live"
    scored, extra = (0, 0) if value is None else (points or 0, oxygen_points)
    on_oxygen = bool(oxygen_l_min)
    words = [_("scores {points}").format(points=scored + extra)] if scored + extra else []
    if on_oxygen:
        words.append(_("on oxygen"))
    if state != "live":
        words.append(_("not measured") if value is None else _("an earlier value"))
    return Vital(
        key=key,
        short=_SHORT.get(key, key),
        long=_LONG.get(key, _SHORT.get(key, key)),
        unit=_UNITS.get(key, ""),
        text=written(key, value),
        points=scored,
        state=state,
        words=", ".join(words),
        second=_whole(second) if second is not None and value is not None else "",
        on_oxygen=on_oxygen,
        oxygen_points=extra,
    )


def label(key: str) -> SafeString | str:
    """Return the long name of a vital sign."""
    name = _LONG.get(key, _SHORT.get(key, key))
    return name if isinstance(name, SafeString) else str(name)
