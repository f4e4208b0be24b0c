"""Where a result stands: every boundary of a range, every kind of limit of detection, every disagreement."""

from decimal import Decimal
from typing import Any

import pytest

from ehospital.algorithms.result_standing import Standing, beside_range, said, standing

LOW, HIGH = {"low": Decimal("3.5")}, {"high": Decimal("5.3")}
BOTH = {**LOW, **HIGH}


@pytest.mark.parametrize(
    ("value", "more", "wanted"),
    [
        ("4.1", {}, Standing.UNKNOWN),
        ("3.5", BOTH, Standing.WITHIN),
        ("5.3", BOTH, Standing.WITHIN),
        ("3.49", BOTH, Standing.LOW),
        ("5.31", BOTH, Standing.HIGH),
        ("99", LOW, Standing.WITHIN),
        ("3.4", LOW, Standing.LOW),
        ("0", HIGH, Standing.WITHIN),
        ("5.4", HIGH, Standing.HIGH),
        (None, BOTH, Standing.UNKNOWN),
        # a limit of detection is decided only where every number that it stands for agrees
        ("3.5", {**BOTH, "comparator": "<"}, Standing.LOW),
        ("3.5", {**BOTH, "comparator": "<="}, Standing.UNKNOWN),
        ("4", {**BOTH, "comparator": "<"}, Standing.UNKNOWN),
        ("4", {**HIGH, "comparator": "<"}, Standing.WITHIN),
        ("5.3", {**BOTH, "comparator": ">"}, Standing.HIGH),
        ("4", {**BOTH, "comparator": ">"}, Standing.UNKNOWN),
        ("4", {**LOW, "comparator": ">="}, Standing.WITHIN),
        # the laboratory's word
        ("4", {"interpretation": "N"}, Standing.WITHIN),
        ("9", {"interpretation": "HH"}, Standing.VERY_HIGH),
        ("1", {"interpretation": "LL"}, Standing.VERY_LOW),
        (None, {"interpretation": "POS"}, Standing.FOUND),
        (None, {"interpretation": "neg"}, Standing.NOT_FOUND),
        ("4", {"interpretation": "A"}, Standing.OUTSIDE),
        ("4", {"interpretation": "something new"}, Standing.UNKNOWN),
        # where they differ, the worse one stands
        ("6", {**BOTH, "interpretation": "N"}, Standing.HIGH),
        ("4", {**BOTH, "interpretation": "H"}, Standing.HIGH),
        ("3", {**BOTH, "interpretation": "H"}, Standing.OUTSIDE),
        ("3", {**BOTH, "interpretation": "LL"}, Standing.VERY_LOW),
    ],
)
def test_where_a_result_stands(value: str | None, more: dict[str, Any], wanted: Standing) -> None:
    number = None if value is None else Decimal(value)
    beside = {key: limit for key, limit in more.items() if key != "interpretation"}
    assert standing(said(more.get("interpretation", "")), beside_range(number, **beside)) is wanted
