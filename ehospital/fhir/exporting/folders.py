"""Whole records as files: one bundle, or a folder with a file of lines for each type, as an import takes them."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from ehospital.fhir.exporting import summary
from ehospital.fhir.exporting.records import Export, UnknownPatient, bundle
from ehospital.fhir.serving.outcomes import Json, encoded
from ehospital.people import access

Counts = dict[str, int]


class NotEmpty(FileExistsError):
    """There is something where the export should go: nothing is overwritten."""


def write_bundle(key: UUID, path: Path, *, by: access.Actor, at: datetime) -> Counts:
    """Write one patient's record as a bundle; the file is there whole or not at all.

    Raises:
        UnknownPatient: there is no such patient.
        NotEmpty: there is such a file already.
    """
    if path.exists():
        raise NotEmpty(f"{path} exists")
    resources = list(Export(by=by, at=at).resources([key]))
    keep(encoded(bundle(resources, at=at)), path)
    return _counted(resources)


def write_summary(key: UUID, path: Path, *, by: access.Actor, at: datetime) -> Counts:
    """Write one patient's International Patient Summary.

    Raises:
        UnknownPatient: there is no such patient.
        NotEmpty: there is such a file already.
    """
    if path.exists():
        raise NotEmpty(f"{path} exists")
    try:
        keep(summary.file(key, viewer=by, at=at), path)
    except access.NotPermitted as error:
        raise UnknownPatient(f"there is no patient {key}") from error
    return {"Bundle": 1}


def keep(content: bytes, path: Path) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Raises:
        NotEmpty: there is such a file already.
    """
    if path.exists():
        raise NotEmpty(f"{path} exists")
    partial = path.with_name(f"{path.name}.partial")
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    partial.replace(path)


def write_folder(
    keys: Sequence[UUID],
    folder: Path,
    *,
    by: access.Actor,
    at: datetime,
    progressed: Callable[[int], None] = lambda _: None,
) -> Counts:
    """Write records as `Patient.ndjson`, `Observation.ndjson` and so on, in memory that does not grow with them.

    Args:
        progressed: told the number of patients that were begun.
    Raises:
        UnknownPatient: one of the patients does not exist.
        NotEmpty: the folder holds something already.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NotEmpty(f"{folder} is not empty")
    counts: Counts = {}
    files: dict[str, IO[bytes]] = {}
    with ExitStack() as opened:
        for resource in Export(by=by, at=at).resources(keys):
            kind = resource["resourceType"]
            if kind not in files:
                files[kind] = opened.enter_context(_private(folder / f"{kind}.ndjson"))
            files[kind].write(encoded(resource) + b"\n")
            counts[kind] = counts.get(kind, 0) + 1
            if kind == "Patient":
                progressed(counts[kind])
    return dict(sorted(counts.items()))


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb")


def _counted(resources: Iterable[Json]) -> Counts:
    counts: Counts = {}
    for one in resources:
        counts[one["resourceType"]] = counts.get(one["resourceType"], 0) + 1
    return dict(sorted(counts.items()))
