"""Ending tasks for certain.

A cancellation can get lost: in Python 3.11 `asyncio.wait_for` (which nats-py uses) returns its result instead when both
come at once. A task group cancels once and would then wait for ever; here a task is cancelled until it is over.
"""

import asyncio
from collections.abc import Collection
from typing import Any

_AGAIN_S = 0.3


async def end(tasks: "Collection[asyncio.Task[Any]]") -> None:
    """Return when all of them are over, even when we are cancelled meanwhile."""
    cancelled = False
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=_AGAIN_S)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError


async def until_first_ends(tasks: "set[asyncio.Task[Any]]") -> None:
    """Wait until one task ends, end the others (also those that were added meanwhile), and raise what ended it.

    Args:
        tasks: may grow while we wait.
    """
    try:
        while not any(task.done() for task in tasks):
            await asyncio.wait(set(tasks), timeout=_AGAIN_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(tasks)
    for task in list(tasks):
        if not task.cancelled() and (problem := task.exception()) is not None:
            raise problem
