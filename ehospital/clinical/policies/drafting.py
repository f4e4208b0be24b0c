"""Which word of a draft stands: of one page the last one, between pages the one that saw what stood."""

from typing import Protocol


class Kept(Protocol):
    """A draft as it is kept: who wrote the last word, the how manyth it was, and the version that it made."""

    editor: str
    turn: int
    version: int


class Sent(Protocol):
    """What comes in: from which page, the how manyth word of it, and the version that the page saw."""

    @property
    def editor(self) -> str: ...
    @property
    def turn(self) -> int: ...
    @property
    def seen_version(self) -> int: ...


class DraftChanged(RuntimeError):
    """The draft was changed elsewhere, in another window or by somebody else; nothing was written."""


def is_late(draft: Kept, sent: Sent) -> bool:
    """Return whether a later word of the same page came first, so that this one changes nothing.

    Raises:
        DraftChanged: it comes from another page, and the draft has changed since that page saw it.
    """
    same_page = sent.editor != "" and draft.editor == sent.editor
    if same_page and 0 < sent.turn <= draft.turn:
        return True
    if not (same_page and sent.turn > draft.turn) and draft.version != sent.seen_version:
        raise DraftChanged(f"version {draft.version} stands, {sent.seen_version} was seen")
    return False
