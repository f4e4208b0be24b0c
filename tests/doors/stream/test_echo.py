"""What other processes change, browsers hear of too: through the outbox, its relay, and the stream process."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection

from ehospital.foundation import relay
from ehospital.journeys import stays
from ehospital.monitoring import actions
from tests.doors.stream.pipe import Pipe, eventually
from tests.factories.monitoring import ILL, WardOfTests
from tests.factories.people import machinery


async def in_web(work: Callable[[], Any]) -> Any:
    """Do what a page would do, in a thread of its own."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return await asyncio.to_thread(run)


async def relayed(pipe: Pipe) -> None:
    """What the worker does all the time: hand the outbox to NATS."""
    async with await psycopg.AsyncConnection.connect(pipe.database.url("ehospital_worker"), autocommit=True) as session:
        while await relay.move(session, pipe.operator):
            pass


async def test_a_nurses_set_and_the_acknowledgement_reach_the_board(pipe: Pipe, ward: WardOfTests):
    stream = pipe.stream()
    await stream.ready()
    patient_id, nurse = ward.patient_ids[2], ward.nurse.actor
    await in_web(lambda: actions.record_observations(patient_id, ILL, by=nurse, at=datetime.now(UTC)))
    await relayed(pipe)
    await eventually(lambda: bool(pipe.told("alert")), "the board hears of the alert")
    (opened,) = pipe.told("alert")
    assert (opened["state"], opened["bed"], opened["patient"]) == ("opened", str(ward.bed_ids[2]), str(patient_id))
    assert any(told["news"]["score"] == 9 for told in pipe.told("vitals"))
    await in_web(lambda: actions.acknowledge(opened["alert"], by=nurse, at=datetime.now(UTC)))
    await relayed(pipe)
    await eventually(lambda: len(pipe.told("alert")) == 2, "the board hears of the acknowledgement")
    assert pipe.told("alert")[1] == {**opened, "state": "acknowledged"}


async def test_a_bed_that_is_filled_or_left_is_drawn_anew(pipe: Pipe, ward: WardOfTests):
    stream = pipe.stream()
    await stream.ready()
    by = machinery(datetime.now(UTC))
    await in_web(
        lambda: stays.change_bed(
            patient_id=ward.patient_ids[0], bed_id=ward.bed_ids[5], with_devices=["m0"], by=by, at=datetime.now(UTC)
        )
    )
    pipe.heard.clear()
    await relayed(pipe)
    left, filled = str(ward.bed_ids[0]), str(ward.bed_ids[5])
    await eventually(lambda: {left, filled} <= {told["bed"] for told in pipe.told("bed")}, "both beds are told")
    await eventually(lambda: filled in {told["bed"] for told in pipe.told("vitals")}, "who lies there now is told")
