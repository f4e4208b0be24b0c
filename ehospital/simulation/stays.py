"""Visits to a clinic, earlier admissions, and the one that is going on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from ehospital.clinical.details import Moment
from ehospital.kernel.codes import SNOMED, Code
from ehospital.simulation import catalogue, letters
from ehospital.simulation.catalogue import Admission
from ehospital.simulation.laboratory import PANELS, Result
from ehospital.simulation.lifetimes import Subject, measure

HOSPITAL = "Harrowmere General Hospital"
_EMERGENCY_DEPARTMENT = "Emergency department"
_CLINICS = (
    (("ckd4", "ckd3"), "Kidney clinic"),
    (("t1dm", "t2dm"), "Diabetes clinic"),
    (("heart_failure", "af", "ihd"), "Cardiology clinic"),
    (("copd", "asthma"), "Respiratory clinic"),
    (("ra",), "Rheumatology clinic"),
    (("cirrhosis",), "Liver clinic"),
    (("breast_cancer", "colon_cancer"), "Oncology clinic"),
    (("dementia", "parkinson"), "Memory and movement clinic"),
)
# Medicines that an acute illness stops for now, by ATC.
_ON_HOLD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "aki": ("C09", "C03", "A10BA"),
        "gi_bleed": ("B01", "M01A", "A02BC"),
        "hypo": ("A10BB", "A10AE"),
        "hyponatraemia": ("C03BA", "N06A"),
    }
)
# A board shows these words in place of the flag's name, so they say it again, shortly.
_FLAG_WORDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("isolation", "influenza"): "Isolation: droplet",
        ("isolation", "gastroenteritis"): "Isolation: enteric",
        ("nil-by-mouth", "gi_bleed"): "Nil by mouth: endoscopy",
        ("nil-by-mouth", "cholecystitis"): "Nil by mouth: theatre",
        ("swallowing", "stroke"): "Swallowing: thickened fluids",
    }
)
_STAY = Code(SNOMED, "32485007", "Hospital admission")
_VISIT = Code(SNOMED, "390906007", "Outpatient follow-up")
_EMERGENCY = Code(SNOMED, "50849002", "Emergency attendance")
_SMALL_TROUBLES = ("Sprain of ankle", "Laceration of hand", "Upper respiratory infection", "Minor head injury")
_SEVERE = frozenset({"gi_bleed", "uti_sepsis", "nstemi"})
_CLOSE_WATCH = frozenset({"ckd4", "t1dm", "colon_cancer"})


def reviews(subject: Subject) -> None:
    """Write the visits to a clinic of the last years: blood, pressure, weight, and a letter about the last one."""
    chance, pen = subject.chance, subject.pen
    panels = list(dict.fromkeys(key for condition in subject.illnesses for key in condition.tests))
    if subject.regime.contains("warfarin"):
        panels.append("inr")
    if not panels and chance.random() < 0.6:
        _small_trouble(subject)
        return
    place, reason = _clinic(subject), _reason(subject)
    every_days = 120 if _CLOSE_WATCH & set(subject.keys) else chance.choice((180, 180, 365))
    days = chance.uniform(8, every_days)
    visits: list[datetime] = []
    while days < min(3.5 * 365, 365 * max(1, subject.person.age - 1)) and len(visits) < 6:
        visits.append(_in_clinic_hours(subject, subject.ago(days / 365.25)))
        days += every_days * chance.uniform(0.8, 1.25)
    for at in reversed(visits):
        visit = pen.encounter(_VISIT, "AMB", at, at + timedelta(minutes=25), place=place, reason=reason)
        found = subject.sample(panels, at, visit)
        measure(subject, at, visit)
        if at == visits[0]:
            pen.letter("11488-4", f"{place}: letter", letters.clinic(subject, place, found, at), at, visit)


def past_stays(subject: Subject, count: int) -> None:
    """Write that many earlier admissions, each with its results and its discharge letter, as far as any fits."""
    chance, pen = subject.chance, subject.pen
    fits = [one for one in catalogue.admissions().values() if _fitted(subject, one)]
    chance.shuffle(fits)
    for admission in fits[:count]:
        begin = subject.ago(chance.uniform(0.4, 4))
        end = (begin + timedelta(days=admission.days + chance.randint(1, 4))).replace(hour=14, minute=20)
        code, other = catalogue.diagnosis(admission.reason, admission.snomed, admission.icd10)
        stay = pen.encounter(_STAY, "IMP", begin, end, place=HOSPITAL, reason=code, outcome="Home")
        pen.problem(code, other, Moment(begin, "day"), visit=stay, abated=Moment(end, "day"))
        found = _course(subject, admission, begin, end, stay, samples=2)
        if admission.procedure:
            done = Moment(begin + timedelta(hours=8))
            pen.procedure(admission.procedure, admission.procedure_snomed, done, visit=stay, reason=admission.reason)
        text = letters.discharge(subject, admission, begin, end, found)
        pen.letter("18842-5", f"Discharge summary: {admission.reason}", text, end, stay)


def admit(subject: Subject, admission: Admission) -> None:
    """Write the stay that is going on: findings, treatment, flags and the admission note."""
    chance, pen, now = subject.chance, subject.pen, subject.now
    begin = now.replace(second=0, microsecond=0) - timedelta(days=admission.days, minutes=chance.randint(60, 540))
    arrived = begin - timedelta(hours=4)
    code, other = catalogue.diagnosis(admission.reason, admission.snomed, admission.icd10)
    emergency = pen.encounter(
        _EMERGENCY, "EMER", arrived, begin, place=_EMERGENCY_DEPARTMENT, reason=code, outcome="Admitted"
    )
    measure(subject, arrived + timedelta(minutes=20), emergency)
    stay = pen.encounter(_STAY, "IMP", begin, None, place=HOSPITAL, reason=code)
    severity = "severe" if admission.key in _SEVERE else "moderate"
    pen.problem(code, other, Moment(arrived - timedelta(hours=16), "day"), visit=stay, severity=severity)
    found = _course(subject, admission, arrived + timedelta(minutes=40), now - timedelta(hours=3), stay)
    held = _ON_HOLD.get(admission.key, ())
    pen.hold(held)
    subject.regime.stop(held)
    for taken in subject.regime.treat(admission.medicines, reason=admission.reason):
        pen.medicine(taken, begin + timedelta(hours=2), stay=stay)
    if admission.procedure:
        done = Moment(min(begin + timedelta(hours=14 if admission.days > 1 else 3), now))
        pen.procedure(admission.procedure, admission.procedure_snomed, done, visit=stay, reason=admission.reason)
    for flag in _flags(subject, admission):
        words = _FLAG_WORDS.get((flag, admission.key), "")
        pen.flag(flag, words, begin + timedelta(minutes=chance.randint(20, 200)), stay)
    text = letters.admission(subject, admission, found, begin)
    pen.letter("34117-2", f"Admission note: {admission.reason}", text, begin + timedelta(hours=1), stay)


def _course(
    subject: Subject, admission: Admission, begin: datetime, end: datetime, stay: UUID, samples: int | None = None
) -> list[Result]:
    """Write one blood sample a day, on the way from the arrival's values to today's, and return the last one."""
    samples = samples or max(2, round((end - begin) / timedelta(days=1)) + 1)
    acute_panels = (_panel_of(test) for test, _, _ in admission.acute)
    panels = list(dict.fromkeys(["ue", "fbc", "crp", *acute_panels]))
    found: list[Result] = []
    for n in range(samples):
        share = n / (samples - 1)
        at = (begin + share * (end - begin)).replace(second=0, microsecond=0)
        if 0 < share < 1:
            at = at.replace(hour=6, minute=subject.chance.randrange(10, 55))
        acute = {test: _between(first, last, share) for test, first, last in admission.acute}
        found = subject.sample(panels, min(at, end), stay, acute)
    return found


def _flags(subject: Subject, admission: Admission) -> list[str]:
    age, found = subject.person.age, list(admission.flags)
    for flag, from_age, share in (("pressure-ulcer", 85, 0.4), ("falls", 78, 0.5), ("dnacpr", 80, 0.35)):
        if age >= from_age and flag not in found and subject.chance.random() < share:
            found.append(flag)
    return found


def _fitted(subject: Subject, admission: Admission) -> bool:
    """Tell whether this person may have been admitted for it some years ago."""
    needed = not admission.needs or admission.needs in subject.keys
    same_sex = admission.sex in ("", subject.person.sex)
    young_enough = admission.from_age <= subject.person.age - 4 <= admission.to_age
    return needed and same_sex and young_enough and ", day " not in admission.reason


def _small_trouble(subject: Subject) -> None:
    chance, pen = subject.chance, subject.pen
    words = Code("", "", chance.choice(_SMALL_TROUBLES))
    at = subject.ago(chance.uniform(0.1, 3))
    visit = pen.encounter(
        _EMERGENCY, "EMER", at, at + timedelta(hours=3), place=_EMERGENCY_DEPARTMENT, reason=words, outcome="Home"
    )
    gone = Moment(min(at + timedelta(days=21), subject.now), "day")
    pen.problem(words, (), Moment(at, "day"), visit=visit, abated=gone)
    measure(subject, at, visit)


def _clinic(subject: Subject) -> str:
    found = (place for keys, place in _CLINICS if set(keys) & set(subject.keys))
    return next(found, "Medical clinic")


def _reason(subject: Subject) -> Code:
    if not subject.illnesses:
        return Code("", "", "Check-up")
    first = subject.illnesses[0]
    return catalogue.diagnosis(first.name, first.snomed, first.icd10)[0]


def _in_clinic_hours(subject: Subject, at: datetime) -> datetime:
    """Move an instant to a weekday and the hours of a clinic."""
    weekday = at - timedelta(days=max(0, at.weekday() - 4) + 1)
    return weekday.replace(hour=9 + subject.chance.randrange(7), minute=subject.chance.randrange(0, 60, 10))


def _panel_of(test: str) -> str:
    return next((panel for panel, tests in PANELS.items() if test in tests), test)


def _between(first: str, last: str, share: float) -> tuple[float, bool]:
    """Return the value on the way from the first to the last, and whether it is added to the person's own."""
    return float(first) + share * (float(last) - float(first)), first[0] in "+-"
