"""A monitor's memory: numbered, kept until safe, sent again after a loss, never without bound."""

import pytest

from ehospital.kernel.readings import Frame, Status, decode_payload
from ehospital.simulation import monitor as module
from ehospital.simulation.monitor import MEMORY, WINDOW, Monitor
from ehospital.simulation.session import Address
from tests.unit.simulation.scoring import NOON, bed


class Line:
    """Stands where the network begins: what a session was told to send."""

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self.sent: list[tuple[str, bytes, int, bool]] = []
        monitor.session.send = self._send  # type: ignore[method-assign]

    def _send(self, topic: str, payload: bytes, packet_id: int, *, again: bool = False) -> None:
        self.sent.append((topic, payload, packet_id, again))

    def comes_up(self) -> None:
        self.monitor.session.ready = True
        self.monitor.on_ready()

    def goes_down(self) -> None:
        self.monitor.session.ready = False

    def numbers(self) -> list[int]:
        return [decode_payload(payload).seq for _, payload, _, _ in self.sent]


@pytest.fixture
def monitor() -> Monitor:
    return Monitor(bed=bed("stable"), device="mon-1", password="secret", boot="b1", address=Address("127.0.0.1", 1))


def acknowledge(monitor: Monitor, safe: int, boot: str = "b1") -> None:
    monitor.on_message("v1/ack/mon-1", b'{"b":"%s","s":%d}' % (boot.encode(), safe))


def test_messages_are_numbered_and_readable(monitor: Monitor) -> None:
    line = Line(monitor)
    line.comes_up()
    for second in range(3):
        monitor.measure(NOON + second + 0.25)
    kinds = [topic.rsplit("/", 1)[1] for topic, _, _, _ in line.sent]
    assert kinds == ["status", "frame", "frame", "frame"]
    told = [decode_payload(payload) for _, payload, _, _ in line.sent]
    assert [one.seq for one in told] == [1, 2, 3, 4]
    assert {one.boot for one in told} == {"b1"}
    status, first, second_frame = told[0], told[1], told[2]
    assert isinstance(status, Status) and status.lead_off is False and not status.rejected
    assert isinstance(first, Frame) and isinstance(second_frame, Frame)
    assert {"hr", "rr", "spo2", "pulse", "sbp", "dbp", "map", "temp"} == first.readings.keys()
    assert second_frame.at_ms == (NOON + 1) * 1000 + 250
    assert not first.rejected and not second_frame.rejected


def test_what_is_called_safe_is_forgotten_and_nothing_else(monitor: Monitor) -> None:
    line = Line(monitor)
    line.comes_up()
    for second in range(9):
        monitor.measure(NOON + second)
    acknowledge(monitor, 4)
    assert (monitor.unsafe, monitor.figures.safe) == (6, 4)
    acknowledge(monitor, 10, boot="another start")
    monitor.on_message("v1/ack/mon-1", b"not JSON")
    monitor.on_message("v1/ack/mon-1", b'{"s":10}')
    acknowledge(monitor, 2)
    assert monitor.unsafe == 6
    acknowledge(monitor, 10)
    assert monitor.unsafe == 0


def test_after_a_loss_all_that_is_unsafe_is_sent_again_in_order(monitor: Monitor) -> None:
    line = Line(monitor)
    line.comes_up()
    for second in range(5):
        monitor.measure(NOON + second)
    acknowledge(monitor, 3)
    line.goes_down()
    for second in range(5, 8):
        monitor.measure(NOON + second)
    assert line.numbers() == [1, 2, 3, 4, 5, 6]
    line.sent.clear()
    line.comes_up()
    assert line.numbers() == [4, 5, 6, 7, 8, 9]
    assert [again for _, _, _, again in line.sent] == [True, True, True, False, False, False]
    assert monitor.figures.resent == 3


def test_only_a_window_of_messages_is_on_its_way(monitor: Monitor) -> None:
    line = Line(monitor)
    for second in range(WINDOW + 100):
        monitor.measure(NOON + second)
    made = monitor.unsafe
    line.comes_up()
    assert len(line.sent) == WINDOW
    for _, _, packet_id, _ in list(line.sent):
        monitor.on_taken(packet_id)
    assert line.numbers() == list(range(1, made + 1))
    assert len({packet_id for _, _, packet_id, _ in line.sent}) == made


def test_a_full_memory_forgets_the_oldest_and_counts_it(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMORY", 50)
    line = Line(monitor)
    for second in range(60):
        monitor.measure(NOON + second)
    assert monitor.unsafe == 50
    assert monitor.figures.forgotten == monitor.figures.made - 50 > 0
    line.comes_up()
    assert line.numbers() == list(range(monitor.figures.forgotten + 1, monitor.figures.made + 1))
    assert MEMORY >= 3600


def test_a_silent_story_sends_nothing_and_numbers_go_on_afterwards() -> None:
    silent = Monitor(bed=bed("silent", start_s=2), device="m", password="", boot="b1", address=Address("127.0.0.1", 1))
    line = Line(silent)
    line.comes_up()
    for second in range(484):
        silent.measure(NOON + second)
    numbers = line.numbers()
    assert numbers == list(range(1, len(numbers) + 1))
    assert [decode_payload(payload).at_ms for _, payload, _, _ in line.sent][-2:] == [
        (NOON + 482) * 1000,
        (NOON + 483) * 1000,
    ]
    assert 4 <= len(numbers) <= 6


def test_a_monitor_that_is_switched_off_measures_no_more(monitor: Monitor) -> None:
    monitor.measure(NOON)
    monitor.on = False
    monitor.measure(NOON + 1)
    assert monitor.figures.made == 2
