"""A message through the real stream process: stored, told, put aside or buried, each with a visible outcome."""

from datetime import UTC, datetime, timedelta

import psycopg

from ehospital.kernel import readings
from ehospital.wire import dead_letters
from tests.doors.stream.pipe import Pipe, eventually
from tests.factories.monitoring import ILL, WELL, WardOfTests, payload


async def test_a_frame_reaches_the_record_its_device_and_the_board(pipe: Pipe, ward: WardOfTests):
    stream = pipe.stream()
    await stream.ready()
    now = datetime.now(UTC)
    await pipe.send("m0", payload(7, now))
    await eventually(lambda: pipe.safe("m0") == 7, "the device hears that its frame is safe")
    await eventually(lambda: any(told["v"] for told in pipe.told("vitals")), "the board hears of it")
    told = next(told for told in pipe.told("vitals") if told["v"])
    assert told["bed"] == str(ward.bed_ids[0])
    assert told["patient"] == str(ward.patient_ids[0])
    assert told["v"] == WELL
    assert told["news"] == {"score": 0, "band": "zero", "partial": False, "missing": [], "trend": ""}
    assert (told["state"], told["parts"]["hr"]) == ("live", 0)
    assert pipe.rows("SELECT device_id, boot, seq, hr FROM vital_frame") == [("m0", "b1", 7, 72.0)]
    assert stream.figure("ehospital_stream_frames_stored_total") == 1
    assert stream.stop() == 0


async def test_an_alert_opens_on_the_board_and_is_closed_there(pipe: Pipe, ward: WardOfTests):
    stream = pipe.stream()
    await stream.ready()
    started = datetime.now(UTC)
    await pipe.send("m1", payload(1, started, ILL))
    await eventually(lambda: bool(pipe.told("alert")), "an alert after one frame and five seconds")
    opened = pipe.told("alert")[0]
    assert (opened["state"], opened["bed"]) == ("opened", str(ward.bed_ids[1]))
    assert (datetime.now(UTC) - started).total_seconds() > 4.9
    for seq in range(2, 5):
        await pipe.send("m1", payload(seq, datetime.now(UTC), WELL))
    await eventually(lambda: pipe.told("alert")[-1]["state"] == "closed", "the alert is closed")
    kinds = pipe.rows("SELECT kind FROM monitoring_alertevent ORDER BY at, id")
    assert kinds == [("opened",), ("closed",)]


async def test_what_cannot_be_read_is_buried_and_holds_nothing_up(pipe: Pipe):
    stream = pipe.stream()
    await stream.ready()
    now = datetime.now(UTC)
    bad = [
        b"not json at all",
        b'{"v":1,"b":"b1","s":2,"t":17,"o":[[',
        b'{"v":9,"b":"b1","s":3,"t":1764000000000,"o":[]}',
        b"\xff\xfe\x00",
        b"",
    ]
    await pipe.send("m0", payload(0, now))
    for raw in bad:
        await pipe.send("m0", raw)
    await pipe.send("m0", payload(6, now))
    await pipe.stored(2)
    letters = [letter async for letter in dead_letters.letters(pipe.operator)]
    assert [letter.raw for letter in letters] == bad
    assert {letter.reason for letter in letters} == {"malformed"}
    assert stream.figure("ehospital_stream_unreadable_total") == 5
    # The message before number 2 left no number; those after number 3 are exactly 4 and 5.
    assert pipe.rows("SELECT seen FROM monitoring_replaywindow") == [([[0, 0], [2, 6]],)]


async def test_duplicates_disorder_and_strangers(pipe: Pipe):
    stream = pipe.stream()
    await stream.ready()
    now = datetime.now(UTC)
    for seq in (1, 3, 3, 2, 1, 4):
        await pipe.send("m0", payload(seq, now + timedelta(milliseconds=seq)))
    await pipe.send("ghost", payload(1, now))
    await pipe.send("m1", payload(1, now + timedelta(minutes=5)))
    await pipe.send("m1", payload(2, now - timedelta(minutes=5)))
    await pipe.stored(5)
    await eventually(lambda: pipe.safe("m1") == 2, "everything is dealt with")
    stored = pipe.rows("SELECT device_id, seq FROM vital_frame ORDER BY device_id, seq")
    assert stored == [("m0", 1), ("m0", 2), ("m0", 3), ("m0", 4), ("m1", 2)]
    aside = pipe.rows("SELECT device_id, reason, seq FROM monitoring_quarantine ORDER BY device_id")
    assert aside == [("ghost", "unknown_device", 1), ("m1", "future", 1)]
    assert pipe.safe("m0") == 4
    assert pipe.safe("ghost") == 1
    assert stream.figure("ehospital_stream_repeats_total") == 2
    assert stream.figure("ehospital_stream_late_total") == 1


async def test_a_message_that_the_record_refuses_is_buried_alone(pipe: Pipe):
    """A row that the database cannot hold for a reason nobody foresaw: here, a check that only this frame breaks."""
    with psycopg.connect(pipe.database.url(), autocommit=True) as owner:
        owner.execute("ALTER TABLE vital_frame ADD CONSTRAINT unforeseen CHECK (hr <> 66)")
    stream = pipe.stream()
    now = datetime.now(UTC)
    for seq in range(20):
        await pipe.send(f"m{seq % 4}", payload(seq // 4, now, WELL | {"hr": 66 if seq == 9 else 70}))
    await stream.ready()
    await pipe.stored(19)
    letters = [letter async for letter in dead_letters.letters(pipe.operator)]
    assert [(letter.reason, letter.raw) for letter in letters] == [
        ("unstorable", payload(2, now, WELL | {"hr": 66})),
    ]
    await eventually(lambda: pipe.safe("m1") == 4, "the device is told past the buried one")


async def test_a_status_is_told_to_the_record_of_devices(pipe: Pipe):
    stream = pipe.stream()
    await stream.ready()
    at_ms = round(datetime.now(UTC).timestamp() * 1000)
    await pipe.send("m0", readings.encode_status("b1", 1, at_ms, battery=4), kind="status")
    await eventually(lambda: bool(pipe.told("alert")), "the battery's alert")
    assert pipe.rows("SELECT cause, priority FROM monitoring_alert") == [("battery_low", "medium")]


async def test_without_work_it_is_ready_and_in_time(pipe: Pipe):
    stream = pipe.stream()
    await stream.ready()
    assert stream.figure("ehospital_stream_partitions") == 8
    await eventually(lambda: stream.figure("ehospital_stream_lag_seconds") == 0, "the lag is measured")
    assert stream.page("healthz")[0] == 200


async def test_a_senseless_share_is_refused_in_words(pipe: Pipe):
    stream = pipe.stream(EHOSPITAL_STREAM_PARTITIONS="many")
    assert stream.process is not None
    await eventually(lambda: stream.process.poll() is not None, "it ends")
    assert stream.process.returncode == 1
    assert "EHOSPITAL_STREAM_PARTITIONS is 'many'; it is a number from 1 to 8" in stream.log.read_text()
