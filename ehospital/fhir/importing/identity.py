"""Two systems may both have a Patient/1: noticing that an update would turn one person into another."""

from uuid import UUID

from ehospital.kernel.folding import fold
from ehospital.people.details import PatientDetails
from ehospital.people.models import Patient


class SomebodyElse(ValueError):
    """The id is known, but for a person of another name and birth date with none of the same numbers."""


def same_person(patient_id: UUID, details: PatientDetails) -> None:
    """Return when the patient is new, or the details can be the same person's.

    A person changes name, or a birth date is corrected; both at once, and every number too, is somebody else.

    Raises:
        SomebodyElse: nothing fits.
    """
    known = Patient.objects.filter(pk=patient_id).prefetch_related("identifiers", "names").first()
    if known is None or known.birth_on == details.birth_on:
        return
    numbers = {(number.system, number.value) for number in known.identifiers.all()}
    if numbers & {(number.system, number.value) for number in details.identifiers}:
        return
    words = {word for name in known.names.all() for word in fold(f"{name.given} {name.family}").split()}
    told = {word for name in details.names for word in fold(f"{name.given} {name.family}").split()}
    if not words & told:
        raise SomebodyElse(
            "the same id stands for another person here already; if this is another system, name it with --source"
        )
