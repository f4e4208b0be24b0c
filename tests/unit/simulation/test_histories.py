"""The invented patients are coherent: what they have, take and show belongs together, and nothing of it is real."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ehospital.clinical.details import Record
from ehospital.kernel import units
from ehospital.kernel.codes import LOINC, SNOMED
from ehospital.kernel.identifiers import luhn_valid, nhs_valid
from ehospital.simulation import catalogue, persons, plots, staff
from ehospital.simulation.histories import Bedded, History, invent
from ehospital.simulation.pen import Doctor

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DOCTORS = [Doctor(one.signature, place) for one in staff.roster(7) if one.role == "doctor" for place in one.places]
PLACES = [
    *(Bedded("medicine", story) for story in plots.cast(24)),
    *(Bedded(ward.key) for ward in staff.wards()[1:] for _ in ward.beds),
]


@pytest.fixture(scope="module")
def patients() -> list[History]:
    return list(invent(seed=7, count=400, places=PLACES, now=NOW, doctors=DOCTORS))


def having(patients: list[History], *keys: str) -> Iterator[History]:
    return (one for one in patients if set(keys) & set(one.illnesses))


def taking(one: History, *prefixes: str) -> list[str]:
    return [line.code.display for line in one.record.medicines if line.code.code.startswith(prefixes)]


def latest(one: History, loinc: str) -> float:
    found = [line for line in one.record.observations if line.code.code == loinc]
    newest = max(found, key=lambda line: line.effective.at)
    assert newest.value.number is not None
    return float(newest.value.number)


def test_the_same_seed_gives_the_same_hospital(patients: list[History]) -> None:
    again = list(invent(seed=7, count=400, places=PLACES, now=NOW, doctors=DOCTORS))
    assert again == patients
    other = list(invent(seed=8, count=400, places=PLACES, now=NOW, doctors=DOCTORS))
    assert not {one.person.details for one in other} & {one.person.details for one in patients}


def test_more_patients_change_nothing_for_the_first_ones(patients: list[History]) -> None:
    fewer = list(invent(seed=7, count=120, places=PLACES, now=NOW, doctors=DOCTORS))
    assert [one.record for one in fewer] == [one.record for one in patients[:120]]


def test_more_beds_than_patients_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^72 beds to fill and only 30 patients; "):
        list(invent(seed=7, count=30, places=PLACES, now=NOW, doctors=DOCTORS))


def test_nobody_is_real(patients: list[History]) -> None:
    numbers = [number.value for one in patients for number in one.person.details.identifiers]
    assert len(set(numbers)) == len(numbers) == 400
    assert all(nhs_valid(number) and number.startswith("999") for number in numbers)
    telecoms = [one for patient in patients for one in patient.person.details.telecoms]
    phones = [one.value for one in telecoms if one.kind == "phone"]
    phones += [contact.phone for one in patients for contact in one.person.details.contacts]
    assert {phone[:9] for phone in phones} == {"07700 900", "01632 960"}
    assert all(one.value.endswith("@example.org") for one in telecoms if one.kind == "email")
    assert {address.postal_code[:2] for one in patients for address in one.person.details.addresses} == {"HM"}


def test_names_are_those_of_a_mixed_town(patients: list[History]) -> None:
    assert {"en", "pl", "ar"} <= {one.person.details.language for one in patients}
    assert sum(one.person.details.language == "en" for one in patients) > 300
    assert len({persons.shown(one.person) for one in patients}) > 390


def test_diabetes_shows_in_hba1c_and_in_the_medicines(patients: list[History]) -> None:
    diabetic = list(having(patients, "t2dm", "t1dm"))
    assert len(diabetic) > 30
    assert all(taking(one, "A10") for one in diabetic)
    measured = [latest(one, "59261-8") for one in diabetic]
    assert sum(value > 41 for value in measured) / len(measured) > 0.95
    healthy = [one for one in patients if not set(one.illnesses) & {"t2dm", "t1dm"}]
    assert not any(taking(one, "A10B", "A10A") for one in healthy if "heart_failure" not in one.illnesses)


def test_atrial_fibrillation_is_anticoagulated_once(patients: list[History]) -> None:
    found = list(having(patients, "af"))
    assert len(found) > 15
    assert {len(taking(one, "B01AA", "B01AF")) for one in found} == {1}


def test_warfarin_shows_in_the_inr(patients: list[History]) -> None:
    inrs = [
        float(line.value.number or 0)
        for one in patients
        if "af" in one.illnesses and taking(one, "B01AA")
        for line in one.record.observations
        if line.code.code == "6301-6"
    ]
    assert len(inrs) > 10 and all(value > 1.4 for value in inrs)


def test_kidney_disease_shows_in_creatinine_and_filtration(patients: list[History]) -> None:
    third, fourth = list(having(patients, "ckd3")), list(having(patients, "ckd4"))
    assert len(third) > 15 and len(fourth) > 4
    assert sum(latest(one, "62238-1") < 60 for one in third) / len(third) > 0.9
    assert all(latest(one, "62238-1") < 40 for one in fourth)
    assert not any(taking(one, "A10BA", "M01A", "J01XE") for one in fourth)
    progressive = [
        (first.value.number, last.value.number)
        for one in fourth
        if len(series := [line for line in one.record.observations if line.code.code == "14682-9"]) > 4
        for first, last in [(series[0], series[-1])]
    ]
    assert progressive and sum(last > first for first, last in progressive if first and last) > len(progressive) / 2


def test_nobody_is_given_what_they_do_not_tolerate(patients: list[History]) -> None:
    def allergic(substance: str) -> list[History]:
        return [one for one in patients if any(line.code.display == substance for line in one.record.allergies)]

    assert len(allergic("Penicillin")) > 15
    assert not any(taking(one, "J01C") for one in allergic("Penicillin"))
    assert not any(taking(one, "N02AA") for one in allergic("Morphine"))
    assert not any(taking(one, "R05DA") for one in allergic("Codeine"))
    assert not any(taking(one, "C09A") for one in allergic("Ramipril"))
    assert not any(taking(one, "C10AA") for one in allergic("Simvastatin"))
    assert not any(taking(one, "C07A") for one in having(patients, "asthma"))


def test_no_substance_is_taken_twice(patients: list[History]) -> None:
    for one in patients:
        active = [line.code.code for line in one.record.medicines if line.status == "active"]
        assert len(active) == len(set(active)), one.number
        assert len([code for code in active if code.startswith(("B01AA", "B01AF", "B01AB"))]) <= 1
        assert len([code for code in active if code.startswith(("C09A", "C09C"))]) <= 1


def test_allergies_are_told_or_denied_or_not_asked(patients: list[History]) -> None:
    states = Counter((bool(one.record.allergies), bool(one.record.no_known_allergies)) for one in patients)
    assert states[True, True] == 0
    assert states[True, False] > 80 and states[False, True] > 150 and 10 < states[False, False] < 100


def test_illnesses_fit_age_and_sex(patients: list[History]) -> None:
    for one in patients:
        for key in one.illnesses:
            condition = catalogue.conditions()[key]
            assert one.person.age >= condition.from_age or (one.admission and one.admission.needs == key)
            assert condition.sex in ("", one.person.sex)
    assert not [one for one in patients if one.person.age < 16 and taking(one, "N02A", "C10")]


def test_whoever_lies_in_a_bed_has_the_story_of_that_bed(patients: list[History]) -> None:
    told = {one.bedded.story: one for one in patients if one.bedded and one.bedded.story}
    assert told.keys() == set(plots.STORIES)
    for story, one in told.items():
        assert one.admission is not None and story in one.admission.stories
        assert one.spo2_scale == plots.STORIES[story].spo2_scale
        assert one.person.age >= 18
    assert "copd" in told["copd"].illnesses and "copd" in told["copd_at_rest"].illnesses
    assert "af" in told["fast_af"].illnesses
    assert taking(told["opioid"], "N02AA01")
    assert {flag.kind for flag in told["restless"].record.flags} >= {"one-to-one", "falls"}


def test_inpatients_have_a_running_stay_and_outpatients_have_none(patients: list[History]) -> None:
    for one in patients:
        running = [visit for visit in one.record.encounters if visit.ended_at is None]
        assert len(running) == (1 if one.bedded else 0)
        if one.admission is not None:
            assert running[0].reason.display == one.admission.reason
            assert running[0].setting == "IMP"
    medicine = [one for one in patients if one.bedded and one.bedded.ward == "medicine"]
    reasons = Counter(one.admission.reason for one in medicine if one.admission)
    assert reasons.most_common(1)[0][1] <= 3


def lines_of(record: Record) -> Iterator[object]:
    for name in Record.__dataclass_fields__:
        yield from getattr(record, name)


def test_every_line_is_in_order(patients: list[History]) -> None:
    seen: set[object] = set()
    for one in patients:
        visits = {visit.id for visit in one.record.encounters}
        born = datetime.combine(one.person.born_on, datetime.min.time(), UTC)
        for line in lines_of(one.record):
            assert line.id not in seen  # type: ignore[attr-defined]
            seen.add(line.id)  # type: ignore[attr-defined]
            assert getattr(line, "encounter_id", None) in (None, *visits)
            recorded = line.recorded_at  # type: ignore[attr-defined]
            assert born < recorded <= NOW, (one.number, line)
        for visit in one.record.encounters:
            assert visit.started_at and (visit.ended_at is None or visit.started_at < visit.ended_at <= NOW)
        for problem in one.record.problems:
            assert problem.onset and (problem.abated is None or problem.onset.at <= problem.abated.at)
        for document in one.record.documents:
            assert one.files[document.file_key].decode().endswith(f"{one.doctor.name}\n")


def test_results_carry_known_units_and_flags_that_match_their_range(patients: list[History]) -> None:
    flags: Counter[str] = Counter()
    for one in patients:
        for line in one.record.observations:
            value, reference = line.value, line.reference
            if value.number is None:
                continue
            units.parse(value.ucum)
            low = reference.low is not None and value.number < reference.low
            high = reference.high is not None and value.number > reference.high
            assert line.interpretation == ("L" if low else "H" if high else "")
            flags[line.interpretation] += 1
    assert 0.05 < (flags["L"] + flags["H"]) / flags.total() < 0.4


def test_an_acute_course_moves_the_way_it_is_told(patients: list[History]) -> None:
    (sepsis,) = (one for one in patients if one.admission and one.admission.key == "uti_sepsis")
    rising = [line for line in sepsis.record.observations if line.code.code == "1988-5"]
    assert float(rising[-1].value.number or 0) > 130 > 90 > float(rising[-2].value.number or 0)
    (pneumonia,) = (one for one in patients if one.admission and one.admission.key == "pneumonia")
    falling = [
        float(line.value.number or 0)
        for line in pneumonia.record.observations
        if line.code.code == "1988-5" and line.effective.at > NOW - timedelta(days=3)
    ]
    assert falling == sorted(falling, reverse=True) and len(falling) >= 3


# SNOMED CT identifiers end in a Verhoeff check digit, LOINC codes in a Luhn digit: a mistyped code shows.
_TIMES = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]  # fmt: skip
_SHUFFLE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def verhoeff_valid(number: str) -> bool:
    rows = [*_SHUFFLE]
    while len(rows) < 8:
        rows.append([rows[1][digit] for digit in rows[-1]])
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = _TIMES[check][rows[place % 8][int(digit)]]
    return check == 0


def codes_of(patients: list[History]) -> set[tuple[str, str]]:
    found = set()
    for one in patients:
        for line in lines_of(one.record):
            for code in [getattr(line, "code", None), *getattr(line, "other_codes", ())]:
                if code is not None and code.code:
                    found.add((code.system, code.code))
    admissions, conditions = catalogue.admissions().values(), catalogue.conditions().values()
    snomed = [code for one in admissions for code in (one.snomed, one.procedure_snomed) if code]
    snomed += [one.snomed for one in (*conditions, *catalogue.operations(), *catalogue.plans()) if one.snomed]
    found |= {(SNOMED, code) for code in snomed} | {(LOINC, one.loinc) for one in catalogue.tests().values()}
    return found


def test_no_code_is_mistyped(patients: list[History]) -> None:
    codes = codes_of(patients)
    snomed = {code for system, code in codes if system == SNOMED}
    loinc = {code for system, code in codes if system == LOINC}
    assert len(snomed) > 60 and len(loinc) > 30
    assert verhoeff_valid("22298006") and not verhoeff_valid("22298007")
    assert {code for code in snomed if not verhoeff_valid(code)} == set()
    assert {code for code in loinc if not luhn_valid(code.replace("-", ""))} == set()


def test_the_tables_name_only_what_there_is() -> None:
    medicines, conditions, tests = catalogue.medicines(), catalogue.conditions(), catalogue.tests()
    for condition in conditions.values():
        assert {key for group in (*condition.medicines, condition.sometimes) for key in group} <= medicines.keys()
        assert {key for key, _ in condition.brings} | set(condition.excludes) <= conditions.keys()
    for admission in catalogue.admissions().values():
        assert {key for group in admission.medicines for key in group} <= medicines.keys()
        assert {test for test, _, _ in admission.acute} <= tests.keys()
        assert {admission.needs} - {""} <= conditions.keys()
        assert set(admission.stories) <= plots.STORIES.keys()
    for plan in catalogue.plans():
        assert plan.conditions <= conditions.keys()
    for operation in catalogue.operations():
        assert operation.conditions <= conditions.keys()
