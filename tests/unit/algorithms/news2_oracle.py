"""NEWS2 written a second time, from the printed chart, slowly and in another way: every box of the chart is a sentence.

No table, no bisection, no shared code: what the product computes is compared with this.
"""

from fractions import Fraction
from math import floor


def half_up(value, per_unit=1):
    """Round the decimal that a person would read, in exact fractions."""
    return Fraction(floor(Fraction(str(value)) * per_unit + Fraction(1, 2)), per_unit)


def respiration(rr):
    breaths = half_up(rr)
    if breaths >= 25 or breaths <= 8:
        return 3
    if breaths >= 21:
        return 2
    return 1 if breaths <= 11 else 0


def saturation(spo2, scale, oxygen):
    percent = half_up(spo2)
    if scale == 1:
        return 0 if percent >= 96 else 1 if percent >= 94 else 2 if percent >= 92 else 3
    if percent <= 87:
        return 1 if percent >= 86 else 2 if percent >= 84 else 3
    if percent <= 92:
        return 0
    if oxygen is None:
        return None
    if oxygen == 0:
        return 0
    return 3 if percent >= 97 else 2 if percent >= 95 else 1


def pressure(sbp):
    systolic = half_up(sbp)
    if systolic >= 220:
        return 3
    if systolic > 110:
        return 0
    return 1 if systolic > 100 else 2 if systolic > 90 else 3


def pulse(hr):
    beats = half_up(hr)
    if beats >= 131:
        return 3
    if beats >= 111:
        return 2
    if beats >= 91:
        return 1
    if beats >= 51:
        return 0
    return 1 if beats >= 41 else 3


def temperature(temp):
    tenths = half_up(temp, 10)
    if tenths >= Fraction("39.1"):
        return 2
    if tenths >= Fraction("38.1"):
        return 1
    if tenths >= Fraction("36.1"):
        return 0
    return 1 if tenths >= Fraction("35.1") else 3


def news2(given):
    """Return (score, parts, missing, single_three, response) of a dict of observations."""
    parts = {}
    if given.get("rr") is not None:
        parts["rr"] = respiration(given["rr"])
    if given.get("spo2") is not None:
        points = saturation(given["spo2"], given.get("spo2_scale", 1), given.get("oxygen"))
        if points is not None:
            parts["spo2"] = points
    if given.get("oxygen") is not None:
        parts["oxygen"] = 2 if given["oxygen"] > 0 else 0
    if given.get("sbp") is not None:
        parts["sbp"] = pressure(given["sbp"])
    if given.get("hr") is not None:
        parts["hr"] = pulse(given["hr"])
    if given.get("consciousness") is not None:
        parts["consciousness"] = 3 if given["consciousness"] in "CVPU" else 0
    if given.get("temp") is not None:
        parts["temp"] = temperature(given["temp"])
    names = ("rr", "spo2", "oxygen", "sbp", "hr", "consciousness", "temp")
    missing = [name for name in names if given.get(name) is None]
    total = sum(parts.values())
    three = any(points == 3 for points in parts.values())
    if total >= 7:
        response = "continuous-emergency"
    elif total in (5, 6):
        response = "hourly-urgent"
    elif three:
        response = "hourly-urgent-ward"
    elif total > 0:
        response = "4-6h"
    else:
        response = None if missing else "routine-12h"
    return total, parts, missing, three, response
