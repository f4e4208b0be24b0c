"""The measured promises: one module per bench with a function `run() -> Result`, listed in `BENCHES`."""

from dataclasses import dataclass, field
from typing import Any

BENCHES: dict[str, str] = {
    "chart": "how long a clinician waits for the fullest chart",
    "duplicates": "how well duplicates are found, and how long the desk waits for the check among 200,000",
    "import": "how fast the records of another system come in, and what a second import changes",
    "intake": "how long a register of 20,000 rows takes into use, and back",
    "live": "how long a reading takes from the monitor to an open ward board",
    "codes": "how long a clinician waits for a code among 100,000",
    "search": "how long the desk waits for a patient among 200,000",
    "start": "how long a hospital takes from nothing, and again, until it is ready",
}


@dataclass(frozen=True)
class Bar:
    """A promise and what was measured; smaller is better unless `at_least`."""

    wanted: float
    got: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the promise is kept."""
        return self.got >= self.wanted if self.at_least else self.got <= self.wanted

    def as_json(self) -> dict[str, float | bool]:
        """The values of the contract."""
        return {"wanted": self.wanted, "got": self.got, "at_least": self.at_least, "met": self.met}


@dataclass(frozen=True)
class Result:
    """What a bench found. Every name says its unit: `warm_start_s`, `messages_per_s`; ratios have none."""

    bench: str
    figures: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    bars: dict[str, Bar] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether every bar is met."""
        return all(bar.met for bar in self.bars.values())

    def as_json(self) -> dict[str, object]:
        """The form that the contract promises."""
        return {
            "bench": self.bench,
            "figures": self.figures,
            "ratios": self.ratios,
            "bars": {name: bar.as_json() for name, bar in self.bars.items()},
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Result":
        """What another process found."""
        bars = {name: Bar(bar["wanted"], bar["got"], bar["at_least"]) for name, bar in told["bars"].items()}
        return cls(told["bench"], told["figures"], told["ratios"], bars)
