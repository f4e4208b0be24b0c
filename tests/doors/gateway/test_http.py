"""The HTTP door: what is taken, what is refused and how that is said."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from ehospital.gateway import http
from ehospital.kernel import readings
from ehospital.wire import dead_letters, subjects
from ehospital.wire.devices_directory import new_secret
from tests.doors.gateway.hospital import Hospital, eventually, figure

STATUS = readings.encode_status("boot", 9, 1_764_000_000_000, battery=12)


def frame(seq: int, **more: object) -> dict[str, object]:
    return {"v": 1, "b": "boot", "s": seq, "t": 1_764_000_000_000, "o": [["hr", 72, "/min"]], **more}


class Door:
    """A device in front of the HTTP door."""

    def __init__(self, hospital: Hospital, device: str, secret: str) -> None:
        self.hospital = hospital
        base = f"http://127.0.0.1:{hospital.gateway.ingest_port}"
        self.client = httpx.AsyncClient(base_url=base, auth=(device, secret), timeout=20)

    async def post(self, body: object, **more: object) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post(http.PATH, content=content, **more)  # type: ignore[arg-type]


@pytest.fixture
async def door(hospital: Hospital) -> AsyncIterator[Door]:
    door = Door(hospital, "pump-1", await hospital.device("pump-1"))
    yield door
    await door.client.aclose()


async def letters(hospital: Hospital) -> list[dead_letters.DeadLetter]:
    return [letter async for letter in dead_letters.letters(hospital.operator)]


async def test_one_payload_is_durable_when_it_is_answered(hospital: Hospital, door: Door) -> None:
    answer = await door.post(frame(1))
    assert (answer.status_code, answer.json()) == (200, {"taken": 1, "refused": []})
    partition = subjects.partition_of("pump-1")
    assert await hospital.stored() == [(f"obs.{partition}.http.pump-1.frame", json.dumps(frame(1)).encode())]


async def test_an_array_is_stored_in_order_and_a_status_under_its_own_kind(hospital: Hospital, door: Door) -> None:
    body = b"[" + b",".join([json.dumps(frame(seq)).encode() for seq in range(3)] + [STATUS]) + b"]"
    answer = await door.post(body)
    assert (answer.status_code, answer.json()["taken"]) == (200, 4)
    stored = await hospital.stored()
    assert [subject.rpartition(".")[2] for subject, _ in stored] == ["frame", "frame", "frame", "status"]
    assert [json.loads(payload)["s"] for _, payload in stored] == [0, 1, 2, 9]


async def test_a_device_is_in_the_same_partition_by_every_door(hospital: Hospital, door: Door) -> None:
    secret = await hospital.device("both")
    monitor = hospital.monitor("both", secret)
    assert await asyncio.to_thread(monitor.connect) == "Success"
    assert await asyncio.to_thread(monitor.publish, "v1/vit/both/frame", json.dumps(frame(1)).encode())
    other = Door(hospital, "both", secret)
    assert (await other.post(frame(2))).status_code == 200
    await other.client.aclose()

    async def both_there() -> bool:
        return await hospital.count() == 2

    await eventually(both_there, "both frames are in OBS")
    seen = [subjects.observed(subject) for subject, _ in await hospital.stored()]
    assert {one.protocol for one in seen} == {"mqtt", "http"}
    assert {one.partition for one in seen} == {subjects.partition_of("both")}


async def test_the_bad_ones_are_named_and_put_aside_and_the_good_ones_kept(hospital: Hospital, door: Door) -> None:
    bad_version, no_object = {**frame(2), "v": 2}, 17
    answer = await door.post([frame(1), bad_version, frame(3), no_object])

    assert answer.status_code == 422
    told = answer.json()
    assert told["taken"] == 2
    assert [one["index"] for one in told["refused"]] == [1, 3]
    assert "version 2" in told["refused"][0]["why"]
    assert [json.loads(payload)["s"] for _, payload in await hospital.stored()] == [1, 3]
    put_aside = await letters(hospital)
    assert [json.loads(letter.raw) for letter in put_aside] == [bad_version, no_object]
    assert {letter.reason for letter in put_aside} == {"malformed"}
    assert {letter.subject for letter in put_aside} == {"gw.v1.http.pump-1.frame"}
    await hospital.refusal("pump-1", "malformed")


async def test_one_damaged_number_does_not_cost_its_neighbours(hospital: Hospital, door: Door) -> None:
    """NaN makes the body no JSON; the frames are taken all the same, the observation is set aside further in."""
    answer = await door.post(b'[{"v":1,"b":"b","s":1,"t":1,"o":[["hr",NaN]]},{"v":1,"b":"b","s":2,"t":1,"o":[]}]')
    assert (answer.status_code, answer.json()["taken"]) == (200, 2)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"   ", 400),
        (b"[]", 400),
        (b"hello", 400),
        (b'{"v":1,', 400),
        (b"[1,", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"17", 400),
        (b"{}", 422),
        (b'{"v":1,"b":"b","s":1,"t":1}', 422),
        (b'{"v":1,"b":"' + b"b" * 65 + b'","s":1,"t":1,"o":[]}', 422),
        (b'{"v":1,"b":"b","s":-1,"t":1,"o":[]}', 422),
        (b'[{"v":1,"b":"b","s":1,"t":1,"o":[]},[[[[]]]]]', 422),
    ],
)
async def test_what_cannot_be_understood_is_answered_in_words(
    hospital: Hospital, door: Door, body: bytes, status: int
) -> None:
    answer = await door.post(body)
    assert answer.status_code == status
    told = answer.json()
    assert told.get("why") or told["refused"][0]["why"]
    assert await hospital.count() == told.get("taken", 0)


@pytest.mark.parametrize(
    "header",
    [None, "Bearer x", "Basic", "Basic !!!", "Basic cHVtcC0x", "Basic /////w==", "basic cHVtcC0xOng="],
)
async def test_without_credentials_of_a_device_nothing_is_read(
    hospital: Hospital, door: Door, header: str | None
) -> None:
    async with httpx.AsyncClient(base_url=str(door.client.base_url)) as client:
        headers = {"authorization": header} if header else {}
        answer = await client.post(http.PATH, content=json.dumps(frame(1)), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert await hospital.count() == 0


@pytest.mark.parametrize("case", ["wrong", "unknown", "revoked"])
async def test_wrong_unknown_and_revoked_are_answered_alike(hospital: Hospital, case: str) -> None:
    secret = await hospital.device("pump-2", revoked=case == "revoked")
    device = "nobody" if case == "unknown" else "pump-2"
    door = Door(hospital, device, new_secret() if case == "wrong" else secret)
    answer = await door.post(frame(1))
    await door.client.aclose()
    assert (answer.status_code, answer.json()) == (401, {"why": "no device has these credentials"})
    reason = {"wrong": "wrong_secret", "unknown": "unknown_device", "revoked": "revoked"}[case]
    assert (await hospital.refusal(device, reason))["door"] == "http"
    assert await hospital.count() == 0


async def test_a_payload_that_speaks_for_another_device_stops_the_whole_body(hospital: Hospital, door: Door) -> None:
    await hospital.device("pump-2")
    answer = await door.post([frame(1, device="pump-1"), frame(2, device="pump-2")])
    assert answer.status_code == 403 and "pump-2" in answer.json()["why"]
    assert await hospital.count() == 0
    await hospital.refusal("pump-1", "foreign_payload")

    assert (await door.post(frame(1, device="pump-1"))).status_code == 200


async def test_a_kind_that_the_device_may_not_send_is_forbidden(hospital: Hospital) -> None:
    door = Door(hospital, "scale", await hospital.device("scale", kinds=("frame",)))
    answer = await door.post(STATUS)
    assert answer.status_code == 403 and "status" in answer.json()["why"]
    assert (await door.post(frame(1))).status_code == 200
    await door.client.aclose()


async def test_a_body_that_is_too_large_is_not_read_to_its_end(hospital: Hospital, door: Door) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(3 * 16):
            yield b" " * 65536

    honest = await door.post(b" " * (http.MAX_BODY_BYTES + 1))
    streamed = await door.client.post(http.PATH, content=endless())
    assert honest.status_code == streamed.status_code == 413
    assert (await door.post([frame(seq) for seq in range(1001)])).status_code == 413
    assert await hospital.count() == 0
    assert (await door.post([frame(seq) for seq in range(1000)])).json() == {"taken": 1000, "refused": []}


async def test_other_paths_methods_and_encodings_are_refused_in_words(door: Door) -> None:
    client = door.client
    assert (await client.get("/")).status_code == 404
    assert (await client.get(http.PATH)).status_code == 405
    assert (await client.post(http.PATH, content=b"x", headers={"content-encoding": "gzip"})).status_code == 415
    assert (await client.get("/healthz")).status_code == (await client.get("/readyz")).status_code == 200


async def test_a_device_that_sends_too_much_at_once_must_wait_and_others_need_not(
    hospital: Hospital, door: Door
) -> None:
    """Four bodies of one device hang half-sent; its fifth request is told to wait, another device is served."""
    go_on = asyncio.Event()
    begun = 0

    async def slow() -> AsyncIterator[bytes]:
        nonlocal begun
        yield b"["
        begun += 1
        await go_on.wait()
        yield json.dumps(frame(begun)).encode() + b"]"

    hanging = [asyncio.create_task(door.client.post(http.PATH, content=slow())) for _ in range(http.AT_ONCE)]
    door_of = hospital.gateway._door
    await eventually(lambda: door_of._under_way["pump-1"] == http.AT_ONCE, "four requests are under way")

    fifth = await door.post(frame(99))
    other = Door(hospital, "pump-2", await hospital.device("pump-2"))
    assert (await other.post(frame(1))).status_code == 200
    await other.client.aclose()
    assert (fifth.status_code, fifth.headers["retry-after"]) == (429, "1")

    go_on.set()
    assert [answer.status_code for answer in await asyncio.gather(*hanging)] == [200] * http.AT_ONCE
    assert (await door.post(frame(99))).status_code == 200


async def test_many_at_once_share_the_disk_and_every_answer_is_true(hospital: Hospital) -> None:
    devices = {f"pump-{number}": await hospital.device(f"pump-{number}") for number in range(10)}
    doors = [Door(hospital, name, secret) for name, secret in devices.items()]
    batches = figure("ehospital_published_batch_count")

    async def send(door: Door, first: int) -> list[int]:
        return [(await door.post(frame(first + step))).status_code for step in range(10)]

    answers = await asyncio.gather(*(send(door, 100 * lane) for door in doors for lane in range(http.AT_ONCE)))
    assert {status for one in answers for status in one} == {200}
    assert await hospital.count() == 10 * http.AT_ONCE * 10
    assert figure("ehospital_published_batch_count") - batches < 10 * http.AT_ONCE * 10  # some shared a batch
    for door in doors:
        await door.client.aclose()


async def test_while_nats_is_away_nothing_is_taken_and_afterwards_it_is(hospital: Hospital, door: Door) -> None:
    hospital.nats.stop()
    away = await door.post(frame(1))
    assert (away.status_code, away.headers["retry-after"]) == (503, "2")
    assert "why" in away.json()

    await asyncio.to_thread(hospital.nats.start)
    await hospital.ready()
    assert (await door.post(frame(1))).json() == {"taken": 1, "refused": []}
    assert await hospital.count() == 1


async def test_a_stream_that_is_full_answers_503_and_stores_nothing_by_halves(hospital: Hospital, door: Door) -> None:
    manager = hospital.operator.jetstream()
    config = (await manager.stream_info("OBS")).config
    await manager.update_stream(config, max_msgs=5, discard="new")
    answer = await door.post([frame(seq) for seq in range(8)])
    assert answer.status_code == 503
    assert await hospital.count() == 0
