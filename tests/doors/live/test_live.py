"""Events from NATS to browsers: who gets them, what a slow browser keeps, and how honest the beat is."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from ehospital.cli.engines.nats import Nats
from ehospital.live.inbox import MOST_ALERTS, Inbox, read
from ehospital.wire import subjects, tickets
from ehospital.wire.connection import Connection, connect
from ehospital.wire.roles import Role
from tests.doors.live.browser import SECRET, Served, serve
from tests.doors.stream.pipe import eventually

WARD, OTHER = subjects.live_ward(uuid4()), subjects.live_ward(uuid4())
EVERY = list(range(subjects.PARTITIONS))


def vitals(bed: str, hr: int) -> bytes:
    return json.dumps({"event": "vitals", "data": {"bed": bed, "patient": f"p-{bed}", "v": {"hr": hr}}}).encode()


def alert(number: int) -> bytes:
    return json.dumps({"event": "alert", "data": {"alert": str(number), "bed": "A1", "state": "opened"}}).encode()


@pytest.fixture
async def operator(fresh_nats: Nats) -> AsyncIterator[Connection]:
    """Who plays the stream process: it pulses until the test ends it."""
    connection = await connect(fresh_nats.url(Role.OPERATOR), "operator")
    yield connection
    await connection.close()


@pytest.fixture
async def pulse(operator: Connection) -> AsyncIterator[asyncio.Task[None]]:
    """The stream process says that it is in time."""

    async def beat() -> None:
        while True:
            await operator.publish(subjects.PULSE, json.dumps({"partitions": EVERY}).encode())
            await asyncio.sleep(0.2)

    task = asyncio.create_task(beat())
    yield task
    task.cancel()


@pytest.fixture
async def served(fresh_nats: Nats, pulse: object) -> AsyncIterator[Served]:
    async with serve(fresh_nats.url(Role.WEB)) as running:
        await eventually(lambda: running.hub.trouble == "", "the application hears the pulse")
        yield running


async def test_a_browser_hears_its_ward_and_no_other(served: Served, operator: Connection):
    async with served.browser(WARD) as mine, served.browser(OTHER) as other:
        await operator.publish(WARD, vitals("A1", 70))
        await operator.publish(OTHER, vitals("B1", 90))
        await eventually(lambda: bool(mine.of("vitals") and other.of("vitals")), "both hear")
        assert mine.of("vitals") == [{"bed": "A1", "patient": "p-A1", "v": {"hr": 70}}]
        assert other.of("vitals") == [{"bed": "B1", "patient": "p-B1", "v": {"hr": 90}}]
        await eventually(lambda: len(mine.of("beat")) >= 2, "the heart beats")
        assert abs(mine.of("beat")[-1]["at"] - datetime.now(UTC).timestamp() * 1000) < 5000


async def test_browsers_of_one_ward_share_one_subscription(served: Served, operator: Connection):
    async with served.browser(WARD) as first, served.browser(WARD) as second:
        await operator.publish(WARD, alert(1))
        await eventually(lambda: bool(first.of("alert") and second.of("alert")), "both hear")
        assert len(served.hub._subscriptions) == 1
    await eventually(lambda: not served.hub._subscriptions, "the last browser ends the subscription")


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 401, "a ticket is needed"),
        ("?ticket=", 401, "a ticket is needed"),
        ("?ticket=nonsense", 403, "fetch a new one"),
        ("?ticket=e30.AAAA", 403, "not signed by this hospital"),
        ("?ticket=\u00e9.\u00e9", 403, "fetch a new one"),
    ],
)
async def test_without_a_good_ticket_nobody_is_admitted(served: Served, query: str, status: int, words: str):
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{served.address}/live/{query}")
    assert (answer.status_code, words in answer.text) == (status, True)


async def test_an_old_and_a_forged_ticket_are_refused(served: Served):
    old = tickets.issue((WARD,), who="x", now=datetime.now(UTC) - timedelta(minutes=6), secret=SECRET)
    forged = tickets.issue((WARD,), who="x", now=datetime.now(UTC), secret="t" * 64)
    async with httpx.AsyncClient() as client:
        assert (await client.get(served.url(old))).status_code == 403
        assert (await client.get(served.url(forged))).status_code == 403
        assert (await client.post(served.url(old))).status_code == 405
        assert (await client.get(f"{served.address}/live/else")).status_code == 404


async def test_a_process_of_its_own_says_how_it_is(served: Served, fresh_nats: Nats):
    async with httpx.AsyncClient(base_url=served.address) as client:
        assert (await client.get("/healthz")).json() == {"alive": True}
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "needs": {"nats": "ok"}})
        assert "ehospital_live_browsers 0.0" in (await client.get("/metrics")).text

        fresh_nats.stop()

        async def unready() -> bool:
            return (await client.get("/readyz")).status_code == 503

        await eventually(unready, "it says that NATS is away")
        assert "does not answer" in (await client.get("/readyz")).json()["needs"]["nats"]
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/else")).status_code == 404

        async def ready_again() -> bool:
            return (await client.get("/readyz")).status_code == 200

        fresh_nats.start()
        await eventually(ready_again, "it says that NATS is back")


async def test_a_stream_ends_with_its_ticket(served: Served):
    async with served.browser(WARD, ends_in=timedelta(seconds=2)) as browser:
        await eventually(lambda: browser.ended, "the stream ends")
        assert browser.events[-1] == ("renew", {})


async def test_nats_away_is_said_and_nothing_beats_until_it_is_back(served: Served, fresh_nats: Nats):
    async with served.browser(WARD) as browser:
        await eventually(lambda: bool(browser.of("beat")), "a beat")
        assert fresh_nats.child is not None
        fresh_nats.child.kill()
        await eventually(lambda: browser.of("down") == [{"why": "nats"}], "down is told")
        beats = len(browser.of("beat"))
        fresh_nats.start()
        await eventually(lambda: "resync" in browser.names(), "the browser is told to fetch everything again")
        await eventually(lambda: len(browser.of("beat")) > beats, "beats again")


async def test_a_dead_stream_process_is_no_live_page(served: Served, pulse: "asyncio.Task[None]"):
    """Nothing new is no proof of health: without the pulse there is no beat, whatever the sockets say."""
    async with served.browser(WARD) as browser:
        await eventually(lambda: bool(browser.of("beat")), "a beat")
        pulse.cancel()
        await eventually(lambda: browser.of("down") == [{"why": "stream"}], "down is told")
        beats = len(browser.of("beat"))
        await eventually(lambda: served.hub.trouble == "stream", "the pulse is missed")
        assert len(browser.of("beat")) == beats


async def test_a_browser_may_come_before_nats(fresh_nats: Nats):
    fresh_nats.stop()
    async with serve(fresh_nats.url(Role.WEB)) as served, served.browser(WARD) as browser:
        await eventually(lambda: browser.of("down") == [{"why": "nats"}], "down is told")
        fresh_nats.start()
        operator = await connect(fresh_nats.url(Role.OPERATOR), "operator")

        async def told() -> bool:
            await operator.publish(WARD, alert(1))
            return bool(browser.of("alert"))

        await eventually(told, "the browser hears")
        await operator.close()


async def test_junk_from_nats_reaches_nobody(served: Served, operator: Connection):
    async with served.browser(WARD) as browser:
        for junk in (b"", b"junk", b"[]", b'{"event":"x\\nevent: alert","data":{}}', b'{"event":"alert"}'):
            await operator.publish(WARD, junk)
        await operator.publish(WARD, alert(1))
        await eventually(lambda: bool(browser.of("alert")), "the good one comes")
        assert browser.names() == ["alert"]


def test_a_slow_browser_keeps_the_newest_of_each_bed_and_every_alert():
    inbox = Inbox()
    for hr in range(1000):
        for bed in ("A1", "A2"):
            inbox.put(read(vitals(bed, hr)))
    inbox.put(read(alert(1)))
    inbox.put(read(alert(2)))
    taken = [(event.name, json.loads(event.data)) for event in inbox.take()]
    assert [name for name, _ in taken] == ["alert", "alert", "vitals", "vitals"]
    assert [data["v"]["hr"] for name, data in taken if name == "vitals"] == [999, 999]
    assert inbox.take() == []


def test_too_many_alerts_become_one_resync_never_a_silent_loss():
    inbox = Inbox()
    for number in range(MOST_ALERTS + 5):
        inbox.put(read(alert(number)))
    assert [event.name for event in inbox.take()] == ["resync"]
    inbox.put(read(alert(1)))
    assert [event.name for event in inbox.take()] == ["alert"]
