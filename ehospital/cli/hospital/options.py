"""What a person may choose when a hospital is started."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DATA = Path("var/demo")


@dataclass(frozen=True)
class Options:
    """Choices of `ehospital demo` and `ehospital serve all`.

    Attributes:
        data: the data folder.
        port: the wanted port of the pages; a free one replaces it when it is taken.
        demo: with an invented hospital inside, its tour and its sign-in buttons.
        patients, beds: of the invented hospital; None leaves it to the simulation.
        devices: whether simulated bedside devices send.
    """

    data: Path
    port: int = 8000
    demo: bool = True
    patients: int | None = None
    beds: int | None = None
    devices: bool = True


def data_folder(named: Path | None = None) -> Path:
    """The folder that was named, else EHOSPITAL_DATA, else var/demo."""
    return named or Path(os.environ.get("EHOSPITAL_DATA") or DEFAULT_DATA)
