"""Who speaks on the wire and what each may say: the one table of NATS permissions.

A device is no role: it signs in through the gateway (see `gateway/auth_callout.py`) and may publish below its own name.
"""

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """A process of ours; its value is its NATS user name."""

    GATEWAY = "gateway"
    STREAM = "stream"
    WORKER = "worker"
    WEB = "web"
    OPERATOR = "operator"  # the command line: check, dead letters, backup


@dataclass(frozen=True)
class Permissions:
    """Subjects that a role may publish to and subscribe to; nothing else."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    deny_subscribe: tuple[str, ...] = ()


_LOOK = ("$JS.API.INFO", "$JS.API.STREAM.INFO.*", "$JS.API.STREAM.NAMES")
_ENSURE_STREAMS = ("$JS.API.STREAM.CREATE.*", "$JS.API.STREAM.UPDATE.*")


def _consume(stream: str) -> tuple[str, ...]:
    """Everything a consumer of one stream sends: create, read, acknowledge, flow control."""
    return (
        f"$JS.API.CONSUMER.*.{stream}",
        f"$JS.API.CONSUMER.*.{stream}.>",
        f"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.*",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.*",
        f"$JS.API.STREAM.MSG.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}.>",
        f"$JS.ACK.{stream}.>",
        f"$JS.FC.{stream}.>",
    )


_ALLOWED: dict[Role, Permissions] = {
    Role.GATEWAY: Permissions(
        publish=(
            *_LOOK,
            *_ENSURE_STREAMS,
            *_consume("KV_devices"),
            "gw.v1.>",
            "dead.>",
            "tech.>",
            "$SYS.REQ.ACCOUNT.PING.CONNZ",
            "server.kick.*",
        ),
        subscribe=("$SYS.REQ.USER.AUTH",),
    ),
    Role.STREAM: Permissions(
        publish=(
            *_LOOK,
            *_ENSURE_STREAMS,
            *_consume("OBS"),
            *_consume("EVENT"),
            "live.>",
            "v1.ack.*",
            "dead.>",
            "tech.>",
        ),
        subscribe=("event.>", "tech.>"),
    ),
    Role.WORKER: Permissions(
        publish=(
            *_LOOK,
            *_ENSURE_STREAMS,
            *_consume("EVENT"),
            *_consume("KV_devices"),
            "$KV.devices.>",
            "event.>",
            "live.>",
            "dead.>",
            "tech.>",
        ),
        subscribe=("event.>", "tech.>"),
    ),
    Role.WEB: Permissions(publish=_LOOK, subscribe=("live.>",)),
    Role.OPERATOR: Permissions(publish=(">",), subscribe=(">",), deny_subscribe=("$SYS.REQ.USER.AUTH",)),
}


def inbox_prefix(user: str) -> str:
    """Return where answers to this user arrive; no other role may listen there."""
    return f"_INBOX.{user}"


def permissions(role: Role) -> Permissions:
    """Return what a role may say and hear, its own inbox included."""
    allowed = _ALLOWED[role]
    return Permissions(
        publish=allowed.publish,
        subscribe=(f"{inbox_prefix(role.value)}.>", *allowed.subscribe),
        deny_subscribe=allowed.deny_subscribe,
    )
