"""Cutting a bundle of any size into its entries without parsing the whole."""

import re
from collections.abc import Iterator
from typing import IO

CHUNK = 1 << 20
LARGEST_RESOURCE = 32 << 20
LONGEST_KEY = 200
_STRUCTURE = re.compile(rb'["{}\[\]]')
_STRING_END = re.compile(rb'["\\]')
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:\s*$', re.DOTALL)
_BETWEEN = re.compile(rb"^[\s,]*$")


class NotABundle(ValueError):
    """The file is not one object with a list `entry`, or it ends too early; the message says which."""


class TooLarge:
    """Stands for an entry that is larger than any resource we take."""


TOO_LARGE = TooLarge()


def entries(stream: IO[bytes], start: bytes = b"") -> Iterator[bytes | TooLarge]:
    """Yield the bytes of each element of the bundle's `entry`.

    Args:
        start: what was read of the stream already.
    Raises:
        NotABundle: at the place where it shows; what was yielded before is of a broken file.
    """
    cutter = _Cutter()
    chunk = start or stream.read(CHUNK)
    while chunk:
        yield from cutter.feed(chunk)
        chunk = stream.read(CHUNK)
    cutter.end()


class _Cutter:
    """Follows the structure of the JSON through chunks: depth, strings, and whether we are inside `entry`."""

    def __init__(self) -> None:
        self.text = b""  # what is not finished
        self.place = 0  # up to where `text` was looked at
        self.last_end = 0  # where in `text` the entry before ended
        self.entry_start = -1
        self.depth = 0
        self.in_string = self.in_entries = self.seen_entries = self.dropping = self.closed = False

    def feed(self, chunk: bytes) -> Iterator[bytes | TooLarge]:
        self.text += chunk
        while (found := self._next()) is not None:
            yield from self._structure(found, self.text[found])
        self._forget()

    def end(self) -> None:
        if not self.closed:
            raise NotABundle("the file ends in the middle of the bundle")
        if not self.seen_entries:
            raise NotABundle("a large file that is no bundle of entries")

    def _next(self) -> int | None:
        """The next structural character outside strings, or None when this chunk has no more."""
        while True:
            found = (_STRING_END if self.in_string else _STRUCTURE).search(self.text, self.place)
            if found is None:
                self.place = len(self.text)
                return None
            if found[0] == b"\\":
                if found.end() >= len(self.text):
                    self.place = found.start()
                    return None
                self.place = found.end() + 1
                continue
            self.place = found.end()
            if found[0] != b'"':
                return found.start()
            self.in_string = not self.in_string

    def _structure(self, at: int, character: int) -> Iterator[bytes | TooLarge]:
        if character in b"{[":
            self._opens(at, character)
            return
        self.depth -= 1
        if self.depth < 0:
            raise NotABundle("a bracket closes that was never opened")
        self.closed = self.depth == 0
        if self.in_entries and self.depth == 2:
            yield TOO_LARGE if self.dropping else self.text[self.entry_start : at + 1]
            self.entry_start, self.dropping, self.last_end = -1, False, at + 1
        elif self.in_entries and self.depth == 1:
            self._between(at)
            self.in_entries = False

    def _opens(self, at: int, character: int) -> None:
        if self.depth == 0 and (character != b"{"[0] or self.closed):
            raise NotABundle("something other than one JSON object")
        if self.depth == 1 and character == b"["[0] and self._key_before(at) == b"entry":
            self.in_entries = self.seen_entries = True
            self.last_end = at + 1
        elif self.in_entries and self.depth == 2:
            self._between(at)
            self.entry_start = at
        self.depth += 1

    def _between(self, at: int) -> None:
        if not _BETWEEN.match(self.text[self.last_end : at]):
            raise NotABundle("an entry that is no object")

    def _key_before(self, at: int) -> bytes | None:
        found = _KEY.search(self.text[max(0, at - LONGEST_KEY) : at])
        return found[1] if found else None

    def _forget(self) -> None:
        """Drop what nobody needs any more, so that memory stays small whatever the file."""
        if self.entry_start >= 0:
            self.dropping |= self.place - self.entry_start > LARGEST_RESOURCE
            needed = self.place if self.dropping else self.entry_start
        else:
            needed = self.last_end if self.in_entries else max(0, self.place - LONGEST_KEY)
        if self.in_entries and self.entry_start < 0 and self.place - needed > CHUNK:
            raise NotABundle("an entry that is no object")  # nothing but blanks may lie between entries
        self.text = self.text[needed:]
        self.place -= needed
        self.last_end = max(0, self.last_end - needed)
        self.entry_start = max(0, self.entry_start - needed) if self.entry_start >= 0 else -1
