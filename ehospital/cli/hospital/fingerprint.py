"""Whether the program is still the one that prepared a data folder."""

import hashlib
import importlib.metadata
import os
from pathlib import Path

import ehospital

WITH_TABLES = ("django", "django-allauth", "procrastinate")


def of_the_program() -> str:
    """A hash over names, sizes and times of our files and over the versions of the packages that have tables.

    It reads no file, so it costs milliseconds where asking Django for its migrations costs seconds.
    """
    digest = hashlib.sha256()
    for package in WITH_TABLES:
        digest.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    for folder, below, files in os.walk(Path(ehospital.__file__).parent):
        below[:] = sorted(name for name in below if name != "__pycache__")
        for name in sorted(files):
            found = os.stat(os.path.join(folder, name))
            digest.update(f"{folder}/{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
