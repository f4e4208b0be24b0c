"""One owner per data folder: whoever starts its engines. The kernel drops the lock when the owner dies."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def owner(run: Path) -> Iterator[bool]:
    """Try to become the owner; yields whether we are, and never waits."""
    with _held(run / "owner.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) as ours:
        yield ours


@contextlib.contextmanager
def guest(run: Path) -> Iterator[None]:
    """Use engines that somebody else owns; an owner that only works off one command waits for its guests."""
    with _held(run / "guests.lock", fcntl.LOCK_SH):
        yield


@contextlib.contextmanager
def no_guests(run: Path) -> Iterator[None]:
    """Wait until nobody else uses our engines, and let nobody in before the block ends."""
    with _held(run / "guests.lock", fcntl.LOCK_EX):
        yield


@contextlib.contextmanager
def _held(path: Path, how: int) -> Iterator[bool]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
