"""The threads that talk to the database: the event loop never waits for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import Error, connection

T = TypeVar("T")


class DatabaseThread:
    """One thread with one connection of its own, opened when needed and thrown away after any error."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[[], T]) -> T:
        """Do `work` in the thread, after whatever it does now.

        Raises:
            whatever `work` raises; after an error of the database the next work gets a new connection.
        """
        return await asyncio.get_running_loop().run_in_executor(self._executor, _guarded, work)

    def close(self) -> None:
        """End the thread when its work is done."""
        self._executor.submit(connection.close)
        self._executor.shutdown(wait=True)


def _guarded(work: Callable[[], T]) -> T:
    try:
        return work()
    except Error:
        connection.close()
        raise
