"""The account of an import: every resource that was read, and what became of it."""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

EXAMPLES = 5
MOST_REASONS = 1000
OUTCOMES = ("imported", "updated", "unchanged", "left_out")
UNREADABLE = "(unreadable)"


@dataclass
class Reason:
    """How often one thing happened, and where for example."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)


class Report:
    """Counts by type and outcome. Lists of single resources go to a temporary file, so that memory stays small."""

    def __init__(self, *, source: str, inputs: list[str], at: datetime, unit: str = "", listing: bool) -> None:
        self.source, self.inputs, self.at, self.unit = source, inputs, at, unit
        self.counts: dict[str, Counter[str]] = {}
        self.left_out: dict[tuple[str, str], Reason] = {}
        self.in_part: dict[tuple[str, str], Reason] = {}
        self.skipped_files: list[dict[str, str]] = []
        self.extensions: Counter[str] = Counter()
        self.bundles = 0
        self.patients = 0
        self.complete = False
        self.stopped_by = ""
        self._began = time.monotonic()
        self._took: float | None = None
        self._list: IO[str] | None = None
        if listing:
            self._list = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (closed by `close`)

    def read(self, kind: str, number: int = 1) -> None:
        """Count resources that were read."""
        self.counts.setdefault(kind, Counter())["read"] += number

    def became(self, kind: str, outcome: str) -> None:
        """Count what became of one resource: `imported`, `updated` or `unchanged`."""
        self.counts.setdefault(kind, Counter())[outcome] += 1

    def leave_out(self, kind: str, resource_id: str, where: str, reason: str) -> None:
        """Count a resource that was not stored, and say why."""
        self.counts.setdefault(kind, Counter())["left_out"] += 1
        self.left_out.setdefault((kind, reason), Reason()).add(
            f"{kind}/{resource_id} ({where})" if resource_id else where
        )
        self._enter("left_out", kind, resource_id, where, reason)

    def keep_in_part(self, kind: str, resource_id: str, where: str, reason: str) -> None:
        """Tell that a resource was stored without some part of it."""
        _reason(self.in_part, kind, reason).add(f"{kind}/{resource_id} ({where})")
        self._enter("kept_in_part", kind, resource_id, where, reason)

    def unreadable(self, where: str, why: str) -> None:
        """Count something that should have been a resource and could not be read."""
        self.read(UNREADABLE)
        self.leave_out(UNREADABLE, "", where, why)

    def skipped(self, where: str, why: str) -> None:
        """Name a file that was not looked into."""
        if len(self.skipped_files) < 1000:
            self.skipped_files.append({"file": where, "reason": why})

    def finish(self) -> None:
        """Stop the clock."""
        self._took = time.monotonic() - self._began

    @property
    def seconds(self) -> float:
        return self._took if self._took is not None else time.monotonic() - self._began

    def total(self, outcome: str) -> int:
        """Return how many resources of all types were read, imported, updated, unchanged or left out."""
        return sum(counts[outcome] for counts in self.counts.values())

    def unaccounted(self) -> dict[str, int]:
        """Return, by type, how many resources were read without an outcome: empty after a complete import."""
        found = {kind: counts["read"] - sum(counts[one] for one in OUTCOMES) for kind, counts in self.counts.items()}
        return {kind: missing for kind, missing in found.items() if missing}

    def summary(self) -> dict[str, Any]:
        """Return everything but the lists of single resources, as JSON."""
        seconds = max(self.seconds, 0.001)
        kinds = sorted(self.counts)
        return {
            "complete": self.complete,
            "stopped_by": self.stopped_by,
            "source": self.source,
            "inputs": self.inputs,
            "at": self.at.isoformat(),
            "unit": self.unit,
            "duration_s": round(seconds, 2),
            "patients": self.patients,
            "bundles": self.bundles,
            "bundles_per_s": round(self.bundles / seconds, 2),
            "resources_per_s": round(self.total("read") / seconds, 1),
            "totals": {name: self.total(name) for name in ("read", *OUTCOMES)},
            "resources": {kind: {name: self.counts[kind][name] for name in ("read", *OUTCOMES)} for kind in kinds},
            "not_reached": self.unaccounted(),
            "left_out": _listed(self.left_out),
            "kept_in_part": _listed(self.in_part),
            "extensions_not_kept": dict(self.extensions.most_common()),
            "skipped_files": self.skipped_files,
        }

    def write(self, path: Path) -> None:
        """Write the report with the list of every single resource that was left out or kept in part."""
        draft = path.with_name(f".{path.name}.draft")
        with draft.open("w", encoding="utf-8") as file:
            text = json.dumps(self.summary(), indent=1, ensure_ascii=False)
            file.write(text.removesuffix("\n}") + ',\n "every_one": [')
            for place, line in enumerate(self._entries()):
                file.write(("," if place else "") + "\n  " + line.rstrip("\n"))
            file.write("\n ]\n}\n")
        draft.replace(path)

    def close(self) -> None:
        """Drop the temporary list."""
        if self._list:
            with suppress(OSError):
                self._list.close()

    def _enter(self, what: str, kind: str, resource_id: str, where: str, reason: str) -> None:
        if self._list:
            line = {"what": what, "type": kind, "id": resource_id, "where": where, "reason": reason}
            self._list.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _entries(self) -> Iterator[str]:
        if self._list:
            self._list.seek(0)
            yield from self._list


def _reason(reasons: dict[tuple[str, str], Reason], kind: str, words: str) -> Reason:
    """Return the tally of a reason; an input made to have ever new ones ends in one tally of all others."""
    if (kind, words) not in reasons and len(reasons) >= MOST_REASONS:
        words = "other reasons (each is listed under every_one)"
    return reasons.setdefault((kind, words), Reason())


def _listed(reasons: dict[tuple[str, str], Reason]) -> list[dict[str, Any]]:
    ranked = sorted(reasons.items(), key=lambda one: (-one[1].count, one[0]))
    return [
        {"type": kind, "reason": reason, "count": found.count, "examples": found.examples}
        for (kind, reason), found in ranked
    ]
