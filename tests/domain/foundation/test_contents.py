"""The bytes of files: kept once, never overwritten, and damage is noticed."""

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import LazySettings

from ehospital.foundation import contents


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def test_what_was_stored_comes_back_and_is_kept_once(folder: Path) -> None:
    key = contents.keep(b"a letter")
    assert contents.keep(b"a letter") == key
    assert contents.read(key) == b"a letter"
    stored = [path for path in (folder / "files").rglob("*") if path.is_file()]
    assert [(path.name, path.stat().st_mode & 0o777) for path in stored] == [(key, 0o600)]


def test_two_threads_store_the_same_content_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have written, and neither has put its file in place yet."""
    both, flush = threading.Barrier(2, timeout=10), os.fsync

    def and_wait(descriptor: int) -> None:
        flush(descriptor)
        both.wait()

    monkeypatch.setattr(os, "fsync", and_wait)
    with ThreadPoolExecutor(2) as threads:
        keys = {done.result() for done in [threads.submit(contents.keep, b"a letter") for _ in range(2)]}
    assert [contents.read(key) for key in keys] == [b"a letter"]
    assert [path.name for path in (folder / "files").rglob("*") if path.is_file()] == list(keys)


def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        contents.keep(b"a letter")
    assert [path for path in (folder / "files").rglob("*") if path.is_file()] == []


def test_a_damaged_file_is_not_given_out(folder: Path) -> None:
    key = contents.keep(b"a letter")
    (folder / "files" / key[:2] / key).write_bytes(b"a better")
    with pytest.raises(contents.DamagedFile, match=key):
        contents.read(key)


@pytest.mark.parametrize("key", ["", "0" * 64, "../../etc/passwd", "A" * 64, "0" * 63 + "/"])
def test_no_other_path_can_be_read(key: str) -> None:
    with pytest.raises(contents.UnknownFile):
        contents.read(key)
