"""The bytes of files: named by their content, written once, never overwritten.

They lie below the data folder, or in the S3-compatible store that EHOSPITAL_FILES_URL names. Whether anybody may have
them is not asked here: only `foundation.files`, and the worker that shows them to the scanner, read bytes.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages

_KEY = re.compile(r"^[0-9a-f]{64}$")


class UnknownFile(LookupError):
    """No file of the record has this key."""


class DamagedFile(RuntimeError):
    """The file on disk is no longer what was stored; restore it from a backup."""


class RecordStorage(FileSystemStorage):
    """Django's storage for uploads, below the data folder and readable by the installation alone."""

    def __init__(self) -> None:
        super().__init__(
            location=str(Path(settings.DATA) / "files"), file_permissions_mode=0o600, directory_permissions_mode=0o700
        )


class StoreAway(RuntimeError):
    """The store of files does not answer or refuses us; nothing was stored. Look at EHOSPITAL_FILES_URL."""


def _path(key: str) -> Path:
    if not _KEY.match(key):
        raise UnknownFile(f"{key[:80]!r} is not the key of a file")
    return Path(settings.DATA) / "files" / key[:2] / key


def check(key: str) -> None:
    """Raises UnknownFile for what is no key."""
    _path(key)


def _on_disk() -> bool:
    return isinstance(storages["default"], RecordStorage)


def _remote() -> Any:
    return storages["default"]


def key_of(content: bytes) -> str:
    """Return the key of a content, its SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def keep(content: bytes) -> str:
    """Keep the content and return its key; the same content is kept once.

    Raises:
        StoreAway: the store is another machine's, and does not take it; nothing was stored.
    """
    key = key_of(content)
    path = _path(key)
    if not _on_disk():
        _remote().keep(f"{key[:2]}/{key}", content)
        return key
    if path.exists():
        return key
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A name of its own: two threads, or two processes on a shared disk, may store the same content at once.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{key}.", dir=path.parent)  # readable by the owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return key


def read(key: str) -> bytes:
    """Return the content of a key.

    Raises:
        UnknownFile: no such file.
        DamagedFile: what is stored has another hash.
        StoreAway: the store is another machine's, and does not answer.
    """
    try:
        content = _path(key).read_bytes() if _on_disk() else _remote().fetch(f"{_path(key).parent.name}/{key}")
    except FileNotFoundError as error:
        raise UnknownFile(f"no file has the key {key}") from error
    if key_of(content) != key:
        raise DamagedFile(f"the file {key} is damaged")
    return content


def remove(key: str) -> None:
    """Remove the content of a key; one that is not there is removed already.

    Raises:
        UnknownFile: this is no key.
        StoreAway: the store is another machine's, and does not answer.
    """
    path = _path(key)
    if _on_disk():
        path.unlink(missing_ok=True)
    else:
        _remote().remove(f"{path.parent.name}/{key}")
