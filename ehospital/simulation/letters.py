"""The texts of letters and notes: short, in order, and saying what the chart says."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ehospital.simulation import persons
from ehospital.simulation.catalogue import Admission
from ehospital.simulation.laboratory import Result
from ehospital.simulation.lifetimes import Subject

_HEAD = "HARROWMERE GENERAL HOSPITAL"
_WORTH_TELLING = ("hba1c", "creatinine", "egfr", "hb", "crp", "k", "na", "tsh", "ldl", "bnp", "inr", "psa", "troponin")


def clinic(subject: Subject, place: str, found: Sequence[Result], at: datetime) -> str:
    """Return the letter that follows a visit to a clinic."""
    return _letter(
        subject,
        f"{place}, seen on {_day(at)}",
        _problems(subject),
        _medicines(subject),
        _allergies(subject),
        _results("Blood today", found),
        "I have made no change to the medicines above. Please repeat the blood tests before the next visit.",
    )


def discharge(subject: Subject, admission: Admission, begin: datetime, end: datetime, found: Sequence[Result]) -> str:
    """Return the discharge summary of an earlier stay."""
    return _letter(
        subject,
        f"Discharge summary: in hospital from {_day(begin)} to {_day(end)}",
        f"Reason: {admission.reason}.\nCourse: {admission.seen}",
        f"Done: {admission.procedure}." if admission.procedure else "",
        _results("Blood at discharge", found),
        _allergies(subject),
        "For the general practitioner: please review in two weeks and repeat kidney function and blood count.",
    )


def admission(subject: Subject, reason: Admission, found: Sequence[Result], at: datetime) -> str:
    """Return the note that a doctor writes when a patient comes in."""
    return _letter(
        subject,
        f"Admission note, {_day(at)} {at:%H:%M}",
        f"Presenting with: {reason.reason}.\n{reason.seen}",
        _problems(subject),
        _medicines(subject),
        _allergies(subject),
        _results("Latest blood", found),
        "Plan: as above; observations by NEWS2; escalate as the score asks.",
    )


def _letter(subject: Subject, title: str, *parts: str) -> str:
    details = subject.person.details
    head = f"{_HEAD}\n\n{title}\n\n{persons.shown(subject.person)}, born {_day(subject.person.born_on)}"
    number = next((one.value for one in details.identifiers if one.system == persons.NHS_NUMBER), "")
    head += f", NHS number {number[:3]} {number[3:6]} {number[6:]}"
    return "\n\n".join([head, *(part for part in parts if part), f"{subject.doctor.name}\n"])


def _problems(subject: Subject) -> str:
    return _list("Problems", (one.name for one in subject.illnesses))


def _medicines(subject: Subject) -> str:
    return _list("Medicines", (f"{taken.medicine.name}: {taken.dosage}" for taken in subject.regime.taken))


def _allergies(subject: Subject) -> str:
    known = subject.pen.record()
    if known.allergies:
        return _list(
            "Allergies", (f"{one.code.display} ({one.reactions[0].manifestations[0]})" for one in known.allergies)
        )
    return "Allergies: none known." if known.no_known_allergies else "Allergies: not yet asked."


def _results(title: str, found: Iterable[Result]) -> str:
    told = [one for one in found if one.test.key in _WORTH_TELLING]
    return _list(
        title, (f"{one.test.name} {one.value} {one.test.unit}{f' ({one.flag})' if one.flag else ''}" for one in told)
    )


def _list(title: str, items: Iterable[str]) -> str:
    found = list(items)
    return f"{title}:\n" + "\n".join(f"- {item}" for item in found) if found else f"{title}: none."


def _day(at: datetime | object) -> str:
    return f"{at:%d-%b-%Y}"
