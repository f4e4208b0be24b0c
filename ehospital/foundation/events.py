"""What the foundation tells the others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileWasInfected:
    """The virus scanner found something in a file that is kept; `key` is that of `foundation.files`."""

    key: str
    found: str
