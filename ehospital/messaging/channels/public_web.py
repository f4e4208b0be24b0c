"""Calls to addresses that somebody outside has named: https only, to public machines only, and no redirects.

The name is looked up once, every address it has is judged, and the connection goes to one of exactly these: a name that
answers otherwise a moment later leads nowhere else. The certificate is still that of the name. Proxies of the
environment are not used, because behind one nobody could say where a call ends.
"""

import ipaddress
import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.poolmanager import PoolManager


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet, also when it hides in another one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


def _connected(connection: HTTPConnection) -> socket.socket:
    """Connect to a machine whose every address is public."""
    host, port = connection.host, connection.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NewConnectionError(connection, f"{host} has no address: {error}") from error
    if not found or not all(is_public(str(one[4][0])) for one in found):
        raise NewConnectionError(connection, f"{host} is no machine of the public internet")
    last: OSError | None = None
    for one in found:
        try:
            return socket.create_connection((str(one[4][0]), port), connection.timeout)
        except OSError as error:
            last = error
    raise NewConnectionError(connection, f"{host} does not answer: {last}")


class _Public(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _Public


class _PublicAdapter(HTTPAdapter):
    """Of requests: every connection goes through `_connected`, none through a proxy."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"https": _PublicPool, "http": HTTPConnectionPool}


def session(*, loopback: bool = False) -> requests.Session:
    """Return a session for one call.

    Args:
        loopback: let it go anywhere, with http too; for tests that listen on this machine, never a setting.
    """
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = 0
    if not loopback:
        made.adapters.clear()
        made.mount("https://", _PublicAdapter())
    return made
