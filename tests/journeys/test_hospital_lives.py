"""The hospital outlives its machine: everything is killed at once, and the next start goes on alone."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import psutil
import pytest

from ehospital.cli.engines.places import place_for
from tests.bedside import Bedside
from tests.demo import FIGURE, Hospital, until

SMALL = ("--patients", "28", "--beds", "4", "--no-devices")
RATE_HZ = 50.0
FRAMES, STORED_S = 200, 60.0


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A small hospital of this test alone, without simulated devices."""
    with Hospital(tmp_path / "hospital", *SMALL) as running:
        yield running


@pytest.mark.timeout(900)
def test_a_power_cut_is_recovered_by_the_next_start_alone(
    hospital: Hospital, record_property: Callable[[str, object], None]
) -> None:
    first_told, first_took_s = hospital.told, hospital.took_s
    kept_before = kept(hospital)
    with Bedside(hospital, first_told["devices"][0]) as before, before.sending(rate_hz=RATE_HZ):
        until(lambda: len(before.taken) >= FRAMES, f"{FRAMES} frames are taken", within_s=STORED_S)
        numbers = hospital.cut_the_power()
    assert len(numbers) >= 7, "supervisor, two engines and four processes"
    assert of(hospital) == []

    hospital.start()

    assert hospital.all_up()
    for name in ("sign_ins", "devices", "pages"):
        assert hospital.told[name] == first_told[name]
    assert kept(hospital) == kept_before
    assert_stored_once(hospital, before)
    with Bedside(hospital, hospital.told["devices"][0]) as after:
        after.publish()
        assert_stored_once(hospital, after)
    assert verified_audit(hospital) == (0, True)
    for url in (hospital.told["base_url"], *hospital.told["health"].values()):
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert answer.status == HTTPStatus.OK
    ours = {process.pid for process in hospital.family()}
    assert [process for process in of(hospital) if process.pid not in ours] == [], "an orphan of the first run"
    record_property(
        FIGURE,
        f"hospital of 28 patients: first start {first_took_s:.1f} s, after the power cut {hospital.took_s:.1f} s, "
        f"{len(before.taken)} frames taken before it, each stored once",
    )


def kept(hospital: Hospital) -> list[tuple[int, ...]]:
    """How many of each a hospital holds that only people change."""
    tables = ("people_patient", "people_account", "clinical_observation", "monitoring_device", "estate_bed")
    return hospital.rows("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))


def assert_stored_once(hospital: Hospital, bedside: Bedside) -> None:
    """Everything that was taken is there, nothing is there twice, and nothing that was never sent."""
    counted = "SELECT seq, count(*) FROM vital_frame WHERE device_id = %s AND boot = %s GROUP BY seq"

    def stored() -> dict[int, int]:
        return dict(hospital.rows(counted, bedside.device, bedside.boot))

    until(lambda: bedside.taken <= stored().keys(), "every frame that was taken is stored", within_s=STORED_S)
    assert set(stored().values()) == {1}
    assert max(stored()) <= bedside.sent


def of(hospital: Hospital) -> list[psutil.Process]:
    """Every process of this machine that works for the hospital's folders."""
    place = place_for(hospital.data)
    marks = {str(place.data), str(place.engines)}
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = " ".join(process.info["cmdline"] or ())
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(mark in words for mark in marks):
            found.append(process)
    return found


def verified_audit(hospital: Hospital) -> tuple[int, bool]:
    """What `ehospital verify-audit` says of the trail: its exit code, and whether all is well."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("EHOSPITAL_", "DJANGO_"))}
    answer = subprocess.run(
        [sys.executable, "-m", "ehospital", "verify-audit", "--json"],
        env={**clean, "EHOSPITAL_DATA": str(hospital.data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return answer.returncode, re.search(r'"ok": true', answer.stdout) is not None
