"""Who owns which partition: a lock of the database while the process lives, an epoch for when it only seems dead.

The lock goes with the connection, so another process takes over the moment that one dies. A process that was only cut
off is fenced by the epoch: each of its transactions fails from then on.
"""

import psycopg

_NAMESPACE = 0x0B5  # of advisory locks with two numbers; the second is the partition
_TRY = "SELECT pg_try_advisory_lock(%s, %s)"


class Ownership:
    """The locks of this process.

    Args:
        conninfo: a connection of its own, kept open as long as partitions are owned.
        most: how many partitions this process may own; several processes share them that way.
    """

    def __init__(self, conninfo: str, most: int) -> None:
        self._conninfo = conninfo
        self._most = most
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self.owned: set[int] = set()

    async def __aenter__(self) -> "Ownership":
        self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            await self._connection.close()
        self.owned.clear()

    async def take(self, partitions: range) -> list[int]:
        """Take the partitions that nobody owns, as many as we may, and return those that are new.

        Raises:
            psycopg.Error: the database went away, and with it every lock.
        """
        assert self._connection is not None
        new: list[int] = []
        for partition in partitions:
            if partition in self.owned or len(self.owned) >= self._most:
                continue
            row = await (await self._connection.execute(_TRY, [_NAMESPACE, partition])).fetchone()
            if row and row[0]:
                self.owned.add(partition)
                new.append(partition)
        if not new:
            await self._connection.execute("SELECT 1")  # are the locks still ours?
        return new
