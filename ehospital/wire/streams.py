"""The streams of the house: made, kept as they should be, and asked whether they are in order.

A device's QoS 1 publish is acknowledged when `$MQTT_msgs` has it, and never because of any stream of ours. So that
stream is made here, before the first device comes (else nats-server makes it, empty of every earlier frame and with
a retention that forgets), and OBS reads from it.
"""

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client

from ehospital.wire import subjects

log = logging.getLogger(__name__)

MQTT_MESSAGES = "$MQTT_msgs"
MQTT_SESSIONS = "$MQTT_sess"
OBSERVATIONS = "OBS"
DEAD_LETTERS = "DEAD"
EVENTS = "EVENT"
DEVICES = "KV_devices"

HOUR = 3600 * 10**9
KEPT_HOURS = 72
MOST_DEVICES = 100_000
_ANSWER_SECONDS = 5.0
_NOT_FOUND = 10059
_OTHER_CONFIGURATION = 10058
_SOURCE_SILENT_NS = 30 * 10**9

Config = dict[str, Any]


class StreamRefused(RuntimeError):
    """NATS did not make or change a stream; says which and why."""


@dataclass(frozen=True)
class SourceState:
    """Whether what devices publish reaches OBS.

    Attributes:
        trouble: empty when it does, else why not, in words.
        lag: messages acknowledged to devices that OBS does not hold yet.
    """

    trouble: str
    lag: int = 0


async def ensure_streams(client: Client, *, replicas: int | None = None, kept_hours: int = KEPT_HOURS) -> None:
    """Make or mend every stream and bucket, in the order that loses nothing.

    Any number of processes may call it at once and at every start; what is as it should be stays untouched.

    Args:
        replicas: copies of each stream; without it, what is there stays and a new stream has one.
        kept_hours: how long device messages are kept, for recovery.
    Raises:
        StreamRefused: NATS refused, such as a partition count that differs from the stored one.
        nats.errors.Error: NATS did not answer.
    """
    for config in _wanted(kept_hours):
        if replicas is not None:
            config["num_replicas"] = replicas
        await _ensure(client, config)


async def source_state(client: Client) -> SourceState:
    """Ask whether OBS follows `$MQTT_msgs`: whether a frame that a device publishes now will reach it.

    Raises:
        nats.errors.Error: NATS did not answer; TimeoutError when it is too busy to.
    """
    answer = await _api(client, f"STREAM.INFO.{OBSERVATIONS}")
    if "error" in answer:
        return SourceState(f"OBS: {answer['error'].get('description')}")
    for source in answer.get("sources") or ():
        if source.get("name") != MQTT_MESSAGES:
            continue
        if source.get("error"):
            return SourceState(f"OBS cannot read {MQTT_MESSAGES}: {source['error'].get('description')}")
        active = source.get("active", -1)
        if active < 0 or active > _SOURCE_SILENT_NS:
            return SourceState(f"OBS has not heard from {MQTT_MESSAGES} yet")
        return SourceState("", int(source.get("lag", 0)))
    return SourceState(f"OBS does not read {MQTT_MESSAGES}")


def _wanted(kept_hours: int) -> list[Config]:
    kept = {"retention": "limits", "storage": "file", "discard": "old", "max_age": kept_hours * HOUR}
    return [*_of_devices(kept), *_of_the_house(kept)]


def _of_devices(kept: Config) -> list[Config]:
    """What devices publish, in the order that loses nothing: `$MQTT_msgs` before the stream that reads from it."""
    partition = f"obs.{{{{partition({subjects.PARTITIONS},%d)}}}}"
    from_mqtt = {
        "src": "$MQTT.msgs.v1.vit.*.*",
        "dest": f"{partition % 1}.mqtt.{{{{wildcard(1)}}}}.{{{{wildcard(2)}}}}",
    }
    from_doors = {
        "src": "gw.v1.*.*.*",
        "dest": f"{partition % 2}.{{{{wildcard(1)}}}}.{{{{wildcard(2)}}}}.{{{{wildcard(3)}}}}",
    }
    return [
        # A device that asks for its acknowledgements with QoS 1 costs a consumer, and nats-server 2.15 allows a stream
        # that does not say otherwise one thousand.
        {"name": MQTT_MESSAGES, "subjects": ["$MQTT.msgs.>"], "max_consumers": MOST_DEVICES, **kept},
        # Sessions hold nothing that we need: acknowledgements are never queued for an absent device. In files, with a
        # flush for each sign-in, ten thousand devices need 90 s to come back after a restart; in memory 14 s.
        {
            "name": MQTT_SESSIONS,
            "subjects": ["$MQTT.sess.>"],
            "retention": "limits",
            "storage": "memory",
            "max_msgs_per_subject": 1,
        },
        {
            "name": OBSERVATIONS,
            "subjects": [subjects.GATEWAYS],
            "subject_transform": from_doors,
            "sources": [{"name": MQTT_MESSAGES, "subject_transforms": [from_mqtt]}],
            "allow_atomic": True,
            "allow_direct": True,
            **kept,
        },
    ]


def _of_the_house(kept: Config) -> list[Config]:
    return [
        {
            "name": DEAD_LETTERS,
            "subjects": [subjects.DEAD],
            "allow_direct": True,
            "max_bytes": 1024**3,
            **kept,
            "max_age": 90 * 24 * HOUR,
        },
        {
            "name": EVENTS,
            "subjects": [subjects.EVENTS, subjects.TECHNICAL],
            "allow_direct": True,
            "duplicate_window": 2 * HOUR,
            **kept,
            "max_age": 14 * 24 * HOUR,
        },
        {
            "name": DEVICES,
            "subjects": ["$KV.devices.>"],
            "max_msgs_per_subject": 1,
            "allow_rollup_hdrs": True,
            "allow_direct": True,
            "deny_delete": True,
            **kept,
            "discard": "new",
            "max_age": 0,
        },
    ]


async def _ensure(client: Client, wanted: Config) -> None:
    name = wanted["name"]
    for _ in range(5):
        found = await _api(client, f"STREAM.INFO.{name}")
        if found.get("error", {}).get("err_code") == _NOT_FOUND:
            answer = await _api(client, f"STREAM.CREATE.{name}", wanted)
        elif "error" in found:
            answer = found
        else:
            there = found["config"]
            if name == MQTT_SESSIONS or _as_wanted(there, wanted):
                return  # sessions that nats-server itself made work as well, more slowly
            answer = await _api(client, f"STREAM.UPDATE.{name}", {**there, **wanted})
        if "error" not in answer:
            log.info("stream %s is in place", name)
            return
        if answer["error"].get("err_code") != _OTHER_CONFIGURATION:
            raise StreamRefused(f"{name}: {answer['error'].get('description')}")
        await asyncio.sleep(0.05)  # another process made it between our question and our request
    raise StreamRefused(f"{name}: another process keeps giving it another configuration")


def _as_wanted(there: object, wanted: object) -> bool:
    """Tell whether everything that we ask for is there; what the server adds of its own does not count."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(_as_wanted(there.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(there, list)
            and len(there) == len(wanted)
            and all(_as_wanted(*pair) for pair in zip(there, wanted, strict=True))
        )
    return there == wanted or (not there and not wanted)


async def _api(client: Client, verb: str, body: Config | None = None) -> Config:
    payload = json.dumps(body).encode() if body is not None else b""
    answer = await client.request(f"$JS.API.{verb}", payload, timeout=_ANSWER_SECONDS)
    decoded: Config = json.loads(answer.data)
    return decoded
