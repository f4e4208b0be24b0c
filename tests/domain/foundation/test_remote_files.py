"""Files in an S3-compatible store: signed, kept once, damage noticed, and an outage told as one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import storages

from ehospital.foundation import contents
from tests.factories import servers


def named(url: str, secret: str = servers.SECRET) -> dict[str, Any]:
    options = {
        "access_key": servers.KEY, "secret_key": secret, "bucket_name": "files", "endpoint_url": url,
        "region_name": "eu-north-1",
    }  # fmt: skip
    return {"BACKEND": "ehospital.foundation.remote_files.RemoteStorage", "OPTIONS": options}


@pytest.fixture
def store(settings: LazySettings) -> Iterator[dict[str, bytes]]:
    with servers.s3_store() as (url, objects):
        settings.STORAGES = {**settings.STORAGES, "default": named(url)}
        yield objects


def test_what_was_stored_comes_back_and_is_kept_once(store: dict[str, bytes]) -> None:
    key = contents.keep(b"a letter")
    assert contents.keep(b"a letter") == key
    assert contents.read(key) == b"a letter"
    assert store == {f"/files/{key[:2]}/{key}": b"a letter"}
    assert type(storages["default"]).__name__ == "RemoteStorage"


def test_damage_a_gap_and_a_foreign_name_are_told_apart(store: dict[str, bytes]) -> None:
    key = contents.keep(b"a letter")
    store[f"/files/{key[:2]}/{key}"] = b"a better"
    with pytest.raises(contents.DamagedFile, match=key):
        contents.read(key)
    for name in ("0" * 64, "../../etc/passwd"):
        with pytest.raises(contents.UnknownFile):
            contents.read(name)


def test_a_wrong_secret_or_a_store_that_is_away_stores_nothing(store: dict[str, bytes], settings: LazySettings) -> None:
    endpoint = settings.STORAGES["default"]["OPTIONS"]["endpoint_url"]
    for one in (named(endpoint, "another secret"), named("http://127.0.0.1:9")):
        settings.STORAGES = {**settings.STORAGES, "default": one}
        with pytest.raises(contents.StoreAway):
            contents.keep(b"a letter")
        with pytest.raises(contents.StoreAway):
            contents.read("0" * 64)
    assert store == {}
