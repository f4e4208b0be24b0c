"""`ehospital check` asks the virus scanner whether it is there."""

from pathlib import Path

import pytest

from ehospital.cli import checks
from tests.factories import servers


def test_it_is_asked_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EHOSPITAL_ANTIVIRUS", raising=False)
    assert checks.virus_scanner(Path()).seen == "none named: files are not scanned"
    with servers.clamd() as (host, port):
        monkeypatch.setenv("EHOSPITAL_ANTIVIRUS", f"clamd://{host}:{port}")
        found = checks.virus_scanner(Path())
        assert (found.ok, found.seen) == (True, f"answers at {host}")
    found = checks.virus_scanner(Path())
    assert not found.ok and "does not answer" in found.seen and "Start clamd" in found.fix


def test_another_server_at_its_place_is_no_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.s3_store() as (url, _):
        monkeypatch.setenv("EHOSPITAL_ANTIVIRUS", f"clamd://{url.removeprefix('http://')}")
        assert not checks.virus_scanner(Path()).ok
