"""The demo hospital in the record: complete, coherent, made once, and nothing of it when it fails half-way."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from ehospital.clinical.models import Document, MedicineTaken, Observation, Problem
from ehospital.estate import queries as estate
from ehospital.estate.models import Occupancy, Ward
from ehospital.foundation import files
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.kernel.identifiers import luhn_valid
from ehospital.monitoring.models import Alert, Device, DeviceAssociation, PatientState, VitalFrame
from ehospital.people import access, naming
from ehospital.people.models import Account, Patient, PatientIdentifier, StaffRole
from ehospital.simulation import seed as simulation
from ehospital.simulation.clock import DemoClock
from ehospital.simulation.devices import read_devices
from ehospital.simulation.stories import STORIES, from_json, truth_at
from tests.engines import Clone, elsewhere

# Real engines and real processes: on a busy machine one start alone may take a minute.
pytestmark = pytest.mark.timeout(300)

AT = datetime.now(UTC).replace(microsecond=0)
PATIENTS, BEDS = 64, 18
ROLES = {*StaffRole.Role.values, "patient", "other_patient"}


@dataclass(frozen=True)
class Hospital:
    """A seeded hospital and what its files say."""

    data: Path
    told: dict[str, Any]
    driven: list[dict[str, Any]]
    progress: list[tuple[str, int, int]]

    def actor(self, role: str) -> access.Actor:
        account = Account.objects.get(username=self.told["sign_ins"][role]["username"])
        if account.patient_id is not None:
            return access.of_patient(account.patient_id, name="", at=AT)
        assert account.staff_id is not None
        return access.of_staff(account.staff_id, name="", at=AT)


@pytest.fixture(scope="module")
def hospital(
    module_database: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hospital]:
    data = tmp_path_factory.mktemp("data")
    progress: list[tuple[str, int, int]] = []
    with django_db_blocker.unblock():
        made = simulation.seed(
            patients=PATIENTS, beds=BEDS, seed=7, data=data, at=AT, progress=lambda *told: progress.append(told)
        )
        assert (made.made, made.patients) == (True, PATIENTS) and made.lines > 3000
        told = json.loads((data / "seed.json").read_text())
        yield Hospital(data, told, json.loads((data / "devices.json").read_text()), progress)


@pytest.fixture(scope="module")
def module_database(migrated_template: str, postgres: Any, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One copy of the migrated database for all tests of this module, which only read it."""
    from tests import engines

    name = f"simulation_{os.getpid()}"
    engines._create(postgres, name, migrated_template)
    with elsewhere(name), django_db_blocker.unblock():
        yield
    engines._run(postgres, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def counts() -> dict[str, int]:
    models = (Patient, Account, Ward, Device, VitalFrame, Observation, AuditEvent, OutboxMessage, Alert, PatientState)
    return {model.__name__: model._default_manager.count() for model in models}


def test_everybody_whom_a_visitor_may_be_can_sign_in(hospital: Hospital) -> None:
    sign_ins = hospital.told["sign_ins"]
    assert sign_ins.keys() == ROLES
    for role, sign_in in sign_ins.items():
        account = Account.objects.get(username=sign_in["username"])
        assert account.check_password(sign_in["password"])
        assert hospital.actor(role).roles == {"patient" if role == "other_patient" else role}
    assert len({sign_in["password"] for sign_in in sign_ins.values()}) == len(ROLES)


def test_files_with_passwords_belong_to_their_owner_alone(hospital: Hospital) -> None:
    assert {path.name for path in hospital.data.iterdir()} == {"seed.json", "devices.json"}
    for path in hospital.data.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_nurse_sees_the_patients_of_her_ward_and_no_others(hospital: Hospital) -> None:
    nurse = hospital.actor("nurse")
    (ward,) = estate.wards(viewer=nurse)
    assert hospital.told["pages"]["ward_board"] == f"/staff/wards/{ward.id}/"
    lying = set(Occupancy.objects.filter(bed__room__ward=ward).values_list("patient_id", flat=True))
    assert len(lying) == BEDS + 2
    seen = set(access.visible_patients(nurse, access.Permission.CHART_READ).values_list("pk", flat=True))
    assert seen == lying
    elsewhere_lying = Occupancy.objects.exclude(bed__room__ward=ward).values_list("patient_id", flat=True)
    assert elsewhere_lying and not set(elsewhere_lying) & seen


def test_the_doctor_sees_the_ward_and_the_own_clinic(hospital: Hospital) -> None:
    doctor, nurse = hospital.actor("doctor"), hospital.actor("nurse")
    seen = set(access.visible_patients(doctor, access.Permission.CHART_READ).values_list("pk", flat=True))
    ward = set(access.visible_patients(nurse, access.Permission.CHART_READ).values_list("pk", flat=True))
    assert ward < seen < set(Patient.objects.values_list("pk", flat=True))


def test_two_patients_have_a_portal_with_something_to_read(hospital: Hospital) -> None:
    first, second = hospital.actor("patient"), hospital.actor("other_patient")
    assert first.patient_id != second.patient_id
    for actor in (first, second):
        assert actor.patient_id is not None
        mine = access.visible_patients(actor, access.Permission.OWN_RECORD_READ)
        assert [one.pk for one in mine] == [actor.patient_id]
        assert Problem.objects.filter(patient_id=actor.patient_id).exists()
        assert MedicineTaken.objects.filter(patient_id=actor.patient_id).exists()


def test_every_patient_has_a_number_of_each_issuer(hospital: Hospital) -> None:
    own = PatientIdentifier.objects.filter(system=naming.HOSPITAL_NUMBER).values_list("value", flat=True)
    assert len(own) == PATIENTS and all(luhn_valid(value) for value in own)
    assert PatientIdentifier.objects.exclude(system=naming.HOSPITAL_NUMBER).count() == PATIENTS


def test_free_devices_are_paired_and_nobody_drives_them(hospital: Hospital) -> None:
    free, driven = hospital.told["devices"], hospital.driven
    assert len(free) == 8 and len(driven) == BEDS
    assert not {one["id"] for one in free} & {one["id"] for one in driven}
    paired = {
        one.device_id: (str(one.patient_id), str(one.bed.room.ward_id) if one.bed else "")
        for one in DeviceAssociation.objects.filter(during__contains=AT).select_related("bed__room")
    }
    assert {one["id"]: (one["patient"], one["ward"]) for one in free}.items() <= paired.items()
    assert len({one["patient"] for one in free}) == 8
    (ward,) = estate.wards(viewer=hospital.actor("nurse"))
    assert free[0]["ward"] == free[1]["ward"] == str(ward.id)
    assert len({one["ward"] for one in free}) > 1


def test_the_file_of_the_devices_drives_the_bodies_that_lie_there(hospital: Hospital) -> None:
    rows = read_devices(hospital.data / "devices.json")
    clock = DemoClock.start(hospital.data.parent / "clock.json", AT.timestamp())
    for row in rows:
        bed = from_json(row, zero=clock.zero)
        newest = VitalFrame.objects.filter(device_id=row["id"]).order_by("-taken_at").first()
        last_at = AT - timedelta(seconds=1)
        assert newest is not None and newest.taken_at == last_at
        assert newest.hr == round(truth_at(bed, last_at.timestamp()).hr)
        assert str(newest.patient_id) == row["patient"]


def test_a_day_lies_behind_the_beds_and_every_score_is_whole(hospital: Hospital) -> None:
    for row in hospital.driven:
        taken = VitalFrame.objects.filter(device_id=row["id"]).order_by("taken_at").values_list("taken_at", flat=True)
        stay = Occupancy.objects.get(patient_id=row["patient"], during__contains=AT).during.lower
        assert taken[0] - max(stay, AT - timedelta(hours=24)) <= timedelta(minutes=5)
        assert max(later - earlier for earlier, later in pairwise(taken)) <= timedelta(minutes=5)
    states = {str(one.patient_id): one for one in PatientState.objects.all()}
    driven = [states[row["patient"]] for row in hospital.driven]
    assert all(one.score is not None and not one.partial for one in driven)
    assert sum(one.score < 5 for one in driven if one.score is not None) >= BEDS - 1
    copd = next(row for row in hospital.driven if row["story"] == "copd")
    assert states[copd["patient"]].spo2_scale == 2
    lying = Occupancy.objects.filter(during__contains=AT).count()
    assert sum(not one.partial for one in states.values()) >= lying - 1


def test_no_device_counts_as_silent_before_it_has_spoken(hospital: Hospital) -> None:
    from ehospital.monitoring import actions

    later = AT + timedelta(minutes=3)
    actions.sweep(by=access.system("stream", at=later), at=later)
    assert not Alert.objects.filter(kind=Alert.Kind.TECHNICAL).exists()


def test_yesterdays_alerts_were_answered(hospital: Hospital) -> None:
    # What opened or rose within the last hour may still wait for somebody, as on any ward.
    waiting = Alert.objects.filter(state=Alert.State.OPEN, kind=Alert.Kind.CLINICAL)
    assert not waiting.filter(updated_at__lt=AT - timedelta(hours=1)).exists()


def test_letters_can_be_opened(hospital: Hospital) -> None:
    doctor = hospital.actor("doctor")
    charts = access.visible_patients(doctor, access.Permission.CHART_READ)
    documents = list(Document.objects.filter(patient__in=charts))
    assert documents
    for document in documents:
        assert files.load(document.file_key).decode().startswith("HARROWMERE GENERAL HOSPITAL")


def test_stories_are_told_by_bed(hospital: Hospital) -> None:
    stories = hospital.told["stories"]
    assert {"bleeding", "sepsis"} <= {one["story"] for one in stories}
    codes = {row["bed"]: row["story"] for row in hospital.driven}
    for one in stories:
        assert codes[one["bed"]] == one["story"]
        assert (one["title"], one["sentence"]) == (STORIES[one["story"]].title, STORIES[one["story"]].sentence)


def test_progress_is_told_to_the_end(hospital: Hospital) -> None:
    last = {what: (done, of) for what, done, of in hospital.progress}
    assert list(last) == ["wards and staff", "patients and their charts", "devices", "a day of observations"]
    assert all(done == of for done, of in last.values())


def test_a_second_call_changes_nothing(hospital: Hospital) -> None:
    before, content = counts(), (hospital.data / "seed.json").read_bytes()
    assert simulation.seed(patients=PATIENTS, beds=BEDS, seed=7, data=hospital.data).made is False
    assert counts() == before
    assert (hospital.data / "seed.json").read_bytes() == content


def test_killed_after_the_commit_the_next_call_finds_the_passwords(hospital: Hospital, tmp_path: Path) -> None:
    before = counts()
    (tmp_path / "seed.json.waiting").write_text(json.dumps(hospital.told))
    assert simulation.seed(patients=PATIENTS, beds=BEDS, seed=7, data=tmp_path).made is False
    assert json.loads((tmp_path / "seed.json").read_text()) == hospital.told
    assert counts() == before


def test_lost_passwords_are_told_and_nothing_changes(hospital: Hospital, tmp_path: Path) -> None:
    before = counts()
    with pytest.raises(simulation.SignInsLost, match="start over with `ehospital demo --fresh`"):
        simulation.seed(patients=PATIENTS, beds=BEDS, seed=7, data=tmp_path)
    assert counts() == before and not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_stopped_half_way_it_leaves_nothing_behind(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(what: str, done: int, _of: int) -> None:
        if what == "patients and their charts" and done == 5:
            raise Stopped

    before = counts()
    with pytest.raises(Stopped):
        simulation.seed(patients=40, beds=6, seed=7, data=tmp_path, at=AT, progress=stop)
    assert counts() == before
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_too_few_patients_for_the_beds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(simulation.TooSmall, match=r"^24 beds need at least 68 patients, not 50$"):
        simulation.seed(patients=50, beds=24, data=tmp_path)
    assert not Ward.objects.exists()


def test_the_worker_role_is_allowed_to_do_all_of_it(clone_database: Callable[[], Clone], tmp_path: Path) -> None:
    """The demo seeds under the database role of the worker, which owns nothing."""
    program = (
        "import django; django.setup();"
        "from ehospital.simulation.seed import seed;"
        f"print(seed(patients=32, beds=6, data=__import__('pathlib').Path({str(tmp_path)!r})).patients)"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ehospital.config.settings",
        "EHOSPITAL_DATABASE_URL": clone_database().url("ehospital_worker"),
        "EHOSPITAL_DATA": str(tmp_path),
    }
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout) == (0, "32\n"), done.stderr
