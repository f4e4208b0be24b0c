"""Why somebody does what others must be able to read about later: asked for, and refused, in one way."""

from collections.abc import Iterable


class ReasonMissing(ValueError):
    """Nobody said why, and whoever asks later must read it; nothing was written.

    `keys` are, of several lines, those that lack words.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.keys = tuple(keys)
        super().__init__("say why" + (f": {', '.join(self.keys)}" if self.keys else ""))


def given(words: str, *, most: int = 1000) -> str:
    """Return the words without what stands around them, shortened to what the column holds.

    Raises:
        ReasonMissing: there are none.
    """
    found = words.strip()[:most]
    if not found:
        raise ReasonMissing
    return found
