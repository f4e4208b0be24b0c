"""The part of a merge that people own: the two records, their details, who cares for them, and the ledger.

`journeys.merging` is how a person does it: every domain moves its tables in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from ehospital.foundation import audit, locks, outbox
from ehospital.people import access, events, known, naming, surviving
from ehospital.people.actions import colliding, ledger
from ehospital.people.actions.registering import keep_words, rewrite_traits
from ehospital.people.models import (
    DuplicatePair,
    Patient,
    PatientAddress,
    PatientContact,
    PatientIdentifier,
    PatientMerge,
    PatientName,
    PatientTelecom,
    PatientUnmerge,
    Restriction,
    StaffAsPatient,
)
from ehospital.people.surviving import SCALARS, Keep

_PARTS: Final[Mapping[str, type[models.Model]]] = {
    "names": PatientName, "telecoms": PatientTelecom, "addresses": PatientAddress, "contacts": PatientContact,
}  # fmt: skip
NOT_MOVED: Final = {
    ("people.Patient", "merged_into"): "records that were merged before go on pointing where they point",
    ("people.PatientName", "patient"): "moved as chosen, one by one",
    ("people.PatientIdentifier", "patient"): "moved one by one; the hospital's own number stays, it finds the record",
    ("people.PatientTelecom", "patient"): "moved as chosen, one by one",
    ("people.PatientAddress", "patient"): "moved as chosen, one by one",
    ("people.PatientContact", "patient"): "moved as chosen, one by one",
    ("people.PatientTraits", "patient"): "a copy, made anew",
    ("people.DuplicatePair", "first"): "tells of the two records as they were",
    ("people.DuplicatePair", "second"): "tells of the two records as they were",
    ("people.Account", "patient"): "stays; who signs in with it sees the record that it points to",
}
"""Columns of people that name a patient and are not moved by the general rule, with the reason."""


class CannotMerge(RuntimeError):
    """The two cannot become one as things are; nothing was written. `why` is a code for the door's own words."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(words)
        self.why = why


def begin_merge(
    survivor_id: UUID,
    absorbed_id: UUID,
    *,
    seen_versions: tuple[int, int] | None,
    reason: str,
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Lock both records and open the ledger; return the merge's id. In the caller's transaction.

    Raises:
        NotPermitted: `by` may not merge one of them, or one does not exist or is merged already.
        CannotMerge: they are one record, mother and child, or changed since the preview.
    """
    for key in (survivor_id, absorbed_id):
        access.require(by, access.Permission.PATIENT_MERGE, patient_id=key)
    if survivor_id == absorbed_id:
        raise CannotMerge("same-record", "a record cannot be merged into itself")
    held = {one.id: one for one in locks.rows(Patient.objects.all(), [survivor_id, absorbed_id])}
    survivor, absorbed = held[survivor_id], held[absorbed_id]
    if survivor.merged_into_id or absorbed.merged_into_id:
        raise CannotMerge("merged-already", "one of the two was merged meanwhile; open it to see into which record")
    if seen_versions is not None and seen_versions != (survivor.version, absorbed.version):
        raise CannotMerge("changed", "somebody changed one of the two since the preview; look at it again")
    if survivor.mother_id == absorbed_id or absorbed.mother_id == survivor_id:
        raise CannotMerge("mother-and-child", "one of the two is the mother of the other; correct that first")
    if StaffAsPatient.objects.filter(patient__in=held).count() == len(held):
        raise CannotMerge("staff", "the two are known as records of two members of staff")
    made = PatientMerge(
        survivor_id=survivor_id,
        absorbed_id=absorbed_id,
        at=at,
        reason=reason[:500],
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:200],
    )
    made.save()
    return made.id


def finish_merge(merge_id: UUID, *, choices: Mapping[str, str], by: access.Actor, at: datetime) -> None:
    """Merge the details as chosen, let the absorbed record point to the survivor, and tell. The caller holds the locks.

    Raises:
        UnknownChoice: a choice names no field, or cannot be kept so.
    """
    made = PatientMerge.objects.get(pk=merge_id)
    survivor, absorbed = _loaded(made.survivor_id), _loaded(made.absorbed_id)
    keep = surviving.chosen(known.known_details(survivor), known.known_details(absorbed), choices)
    own = apps.get_app_config("people").get_models()
    behind = colliding.left_behind(merge_id, of=absorbed.id, into=survivor.id)
    # One photo stands: the survivor's with all that stood before it, unless it has none.
    kept = {("people.PatientPhoto", "patient")} if survivor.photos.filter(ended_at=None).exists() else set()
    ledger.move(own, merge_id, of=absorbed.id, into=survivor.id, besides=NOT_MOVED.keys() | kept, but=behind)
    for field, model in _PARTS.items():
        _keep_parts(merge_id, model, keep[field], survivor, absorbed)
    for number in absorbed.identifiers.all():
        if number.system != naming.HOSPITAL_NUMBER:
            _move_one(merge_id, number, survivor.id)
    changes: dict[str, Any] = {}
    for field, columns in SCALARS.items():
        if keep[field] is Keep.ABSORBED:
            changes |= {column: getattr(absorbed, column) for column in columns}
    changes |= keep_words(survivor.id)
    _change(merge_id, survivor, changes, at)
    _change(merge_id, absorbed, {"active": False, "merged_into_id": survivor.id}, at)
    rewrite_traits([survivor.id])
    _decide(made, DuplicatePair.State.MERGED, by=by, at=at)
    _tell("patient.merged", made, by=by, at=at)
    outbox.publish(events.PatientsWereMerged(survivor_id=survivor.id, absorbed_id=absorbed.id, at=at))


def _loaded(patient_id: UUID) -> Patient:
    return Patient.objects.prefetch_related(*known.PARTS).get(pk=patient_id)


def _keep_parts(merge_id: UUID, model: type[models.Model], keep: Keep, survivor: Patient, absorbed: Patient) -> None:
    """Exchange the rows of one part so that the survivor has what is kept; nothing is copied, nothing deleted."""
    rows = {key: list(_rows(model, key)) for key in (survivor.id, absorbed.id)}
    mine, theirs = rows[survivor.id], rows[absorbed.id]
    if model is PatientName:
        _keep_names(merge_id, mine, theirs, keep, survivor.id)
        return
    if keep is Keep.ABSORBED:
        for row in mine:
            _move_one(merge_id, row, absorbed.id)
    if keep is not Keep.SURVIVOR:
        stands = [] if keep is Keep.ABSORBED else [_told(row) for row in mine]
        for row in theirs:
            if _told(row) not in stands:
                _move_one(merge_id, row, survivor.id)


def _keep_names(merge_id: UUID, mine: list[Any], theirs: list[Any], keep: Keep, survivor_id: UUID) -> None:
    """Give the survivor every name that differs; those of the record whose name does not stand first become former."""
    stands = {(name.family, name.given) for name in mine}
    moved = [name for name in theirs if (name.family, name.given) not in stands or keep is Keep.ABSORBED]
    for name in mine if keep is Keep.ABSORBED else moved:
        if name.use in ("official", "usual"):
            ledger.change(merge_id, name, use="old")
            name.use = "old"
    for name in moved:
        _move_one(merge_id, name, survivor_id)


def _move_one(merge_id: UUID, row: Any, into: UUID) -> None:
    ledger.note_moved(merge_id, row, into=into)
    row.patient_id = into
    row.save(update_fields=["patient"])


def _rows(model: type[models.Model], patient_id: UUID) -> Any:
    return model._default_manager.filter(patient_id=patient_id).order_by("id")


def _told(row: models.Model) -> tuple[Any, ...]:
    return tuple(
        getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in ("id", "patient")
    )


def _change(merge_id: UUID, patient: Patient, changes: Mapping[str, Any], at: datetime) -> None:
    """Change these columns of a patient, write them down, and raise the version: no form opened before may be saved."""
    now: dict[str, Any] = {**changes, "version": patient.version + 1, "changed_at": at}
    ledger.note_changed(merge_id, patient, now)
    Patient.objects.filter(pk=patient.pk).update(**now)


def _decide(made: PatientMerge, state: str, *, by: access.Actor, at: datetime) -> None:
    first, second = sorted((made.survivor_id, made.absorbed_id))
    for pair in locks.rows(
        DuplicatePair.objects.all(),
        DuplicatePair.objects.filter(first_id=first, second_id=second).values_list("pk", flat=True),
    ):
        pair.state, pair.decided_at, pair.decided_by_id = state, at, by.staff_id
        pair.row_version += 1
        pair.save(update_fields=["state", "decided_at", "decided_by", "row_version"])


def _tell(action: str, made: PatientMerge, *, by: access.Actor, at: datetime) -> None:
    both = (made.survivor_id, made.absorbed_id)
    audit.record_many([
        audit.event(action, by=by, at=at, patient_id=key, subject=f"merge:{made.id}", details={"with": str(other)})
        for key, other in (both, both[::-1])
    ])  # fmt: skip


def merged_ids(merge_id: UUID, *, by: access.Actor) -> tuple[UUID, UUID]:
    """Return survivor and absorbed of a merge, for whoever has to lock what hangs on them first.

    Raises:
        NotPermitted: `by` may not merge patients, or there is no such merge.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    made = PatientMerge.objects.filter(pk=merge_id).first()
    if made is None:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.PATIENT_MERGE.value}")
    return made.survivor_id, made.absorbed_id


def begin_unmerge(merge_id: UUID, *, reason: str, by: access.Actor, at: datetime) -> PatientMerge:
    """Lock both records, let the absorbed one stand again, and note that the merge is undone.

    Raises:
        NotPermitted: `by` may not merge patients, or there is no such merge.
        CannotMerge: it was undone before, or the survivor was itself merged since.
    """
    both = merged_ids(merge_id, by=by)
    held = {one.id: one for one in locks.rows(Patient.objects.all(), both)}
    made = PatientMerge.objects.get(pk=merge_id)
    if PatientUnmerge.objects.filter(merge_id=merge_id).exists():
        raise CannotMerge("undone-already", "this merge was undone before")
    if held[made.survivor_id].merged_into_id:
        raise CannotMerge("merged-since", "the record was merged into another one since; undo that first")
    PatientUnmerge(
        merge_id=merge_id, at=at, reason=reason[:500], actor_kind=by.kind, actor_id=by.id, actor_name=by.name[:200]
    ).save()
    Patient.objects.filter(pk=made.absorbed_id).update(merged_into=None)
    return made


def finish_unmerge(made: PatientMerge, *, by: access.Actor, at: datetime) -> None:
    """Give both records back what was theirs, and tell. The caller holds the locks.

    What nobody touched since is restored exactly, but for the version, which only rises: a form that was opened
    meanwhile must not be saved. What was rewritten since stays with the survivor as it is now.
    """
    own = list(apps.get_app_config("people").get_models())
    ledger.move_back(own, made.id, of=made.absorbed_id, into=made.survivor_id)
    models_of_parts: list[type[models.Model]] = [*_PARTS.values(), PatientIdentifier]
    for model in models_of_parts:
        _put_back(made, model)
    ledger.change_back(made.id, PatientName)
    ledger.change_back(made.id, Restriction)
    for noted in ledger.noted(made.id, Patient, "changed"):
        untouched = _restore(made, noted.before, noted.after)
        if not untouched:
            Patient.objects.filter(pk=noted.row).update(**keep_words(UUID(noted.row)))
    rewrite_traits([made.survivor_id, made.absorbed_id])
    _decide(made, DuplicatePair.State.DIFFERENT, by=by, at=at)
    _tell("patient.unmerged", made, by=by, at=at)
    outbox.publish(events.PatientsWereUnmerged(survivor_id=made.survivor_id, absorbed_id=made.absorbed_id, at=at))


def _put_back(made: PatientMerge, model: type[models.Model]) -> None:
    """Move rows back; a row that is gone, because the details were rewritten since, is written again as it was."""
    for noted in ledger.noted(made.id, model, "moved"):
        owner = UUID(noted.before["patient_id"])
        rows = model._default_manager.filter(pk=noted.row)
        if rows.exists():
            rows.update(patient_id=owner)
            continue
        if model is PatientIdentifier:
            PatientIdentifier.objects.filter(system=noted.before["system"], value=noted.before["value"]).delete()
        ledger.read(model, {**noted.before, "patient_id": owner}).save(force_insert=True)


def _restore(made: PatientMerge, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Set each column back that still has what the merge set, and return whether nobody revised the record since.

    The version rises; whether an import may still replace the details is as it was.
    """
    columns = {field.attname: field for field in Patient._meta.concrete_fields}
    now = Patient.objects.get(pk=before["id"])
    later = PatientMerge.objects.filter(Q(survivor_id=now.id) | Q(absorbed_id=now.id), id__gt=made.id)
    # Each merge and each undoing raises the version by one; what is above that was revised by somebody.
    by_merges = later.count() + later.filter(undone__isnull=False).count()
    untouched = now.version == after["version"] + by_merges
    back = {
        name: ledger.value_of(columns[name], before[name])
        for name in after.keys() - {"version", "merged_into_id", "changed_at"}
        if ledger.plain(getattr(now, name)) == after[name]
    }
    if untouched:
        back["changed_at"] = ledger.value_of(columns["changed_at"], before["changed_at"])
        if before["imported_version"] == before["version"]:
            back["imported_version"] = now.version + 1
    Patient.objects.filter(pk=now.pk).update(**back, version=now.version + 1)
    return untouched
