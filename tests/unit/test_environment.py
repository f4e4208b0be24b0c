"""A variable that is missing or malformed stops the process in words that name it."""

import pytest

from ehospital.config import environment


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("EHOSPITAL_DATABASE_POOL", "x", lambda: environment.number("EHOSPITAL_DATABASE_POOL", default=10, least=1)),
        ("EHOSPITAL_DATABASE_POOL", "0", lambda: environment.number("EHOSPITAL_DATABASE_POOL", default=10, least=1)),
        ("EHOSPITAL_DATABASE_POOL", "²", lambda: environment.number("EHOSPITAL_DATABASE_POOL", default=10, least=1)),
        ("EHOSPITAL_EMAIL_URL", "smtp://mail.example:58x", environment.email),
        ("EHOSPITAL_EMAIL_URL", "mail.example", environment.email),
        ("EHOSPITAL_FILES_URL", "https://s3.example/files", environment.file_store),
        ("EHOSPITAL_FILES_URL", "s3://s3.example/files", environment.file_store),
        ("EHOSPITAL_FILES_URL", "s3://key:secret@s3.example/", environment.file_store),
        ("EHOSPITAL_FILES_URL", "s3://key:secret@s3.example/a/b", environment.file_store),
        ("EHOSPITAL_FILES_URL", "s3://key:secret@s3.example:x/a", environment.file_store),
        ("EHOSPITAL_FILES_URL", "s3://key:secret@s3.example/a?acl=public", environment.file_store),
        ("EHOSPITAL_FILES_URL", "s3://key:secret@s3.example/a?endpoint=ftp://x", environment.file_store),
        ("EHOSPITAL_ANTIVIRUS", "http://127.0.0.1:3310", environment.antivirus),
        ("EHOSPITAL_ANTIVIRUS", "clamd://scanner:none", environment.antivirus),
        ("EHOSPITAL_TIME_ZONE", "Mars", environment.time_zone),
        ("EHOSPITAL_LOG_LEVEL", "verbose", environment.log_level),
        ("EHOSPITAL_NATS_URL", "http://nats.example", environment.nats_url),
        ("EHOSPITAL_HTTPS", "perhaps", lambda: environment.flag("EHOSPITAL_HTTPS")),
        ("EHOSPITAL_SECRET_KEY", "short", environment.secret_key),
        ("EHOSPITAL_SMS_URL", "sms.example", lambda: environment.web_address("EHOSPITAL_SMS_URL", example="https://x")),
        ("EHOSPITAL_SMS_URL", "ftp://x/", lambda: environment.web_address("EHOSPITAL_SMS_URL", example="https://x")),
        ("EHOSPITAL_SMS_URL", "http://x:y/", lambda: environment.web_address("EHOSPITAL_SMS_URL", example="https://x")),
        ("EHOSPITAL_VAPID_KEY", "short", environment.vapid_key),
        ("EHOSPITAL_VAPID_KEY", "!" * 43, environment.vapid_key),
        ("EHOSPITAL_DATABASE_URL", "mysql://u@h/d", environment.database),
    ],
)
def test_a_malformed_variable_is_refused_by_name_with_an_example(
    name: str, value: str, read: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert callable(read)
    with pytest.raises(environment.BadEnvironment) as refused:
        read()
    assert str(refused.value).startswith(f"{name} ")
    assert f"Example: {name}=" in str(refused.value)


def test_hosts_may_be_written_with_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHOSPITAL_ALLOWED_HOSTS", "hospital.example, 10.0.0.5 ,")
    assert environment.hosts() == ["hospital.example", "10.0.0.5"]


@pytest.mark.parametrize(("value", "meant"), [("0", False), ("off", False), ("1", True), ("Yes", True), ("", False)])
def test_a_flag_is_what_people_mean(value: str, meant: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHOSPITAL_HTTPS", value)
    assert environment.flag("EHOSPITAL_HTTPS") is meant


def test_mail_is_kept_in_a_demo_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EHOSPITAL_EMAIL_URL", raising=False)
    assert environment.email(demo=True) == {"EMAIL_BACKEND": "ehospital.foundation.inbox.InboxBackend"}
    assert environment.email() == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    monkeypatch.setenv("EHOSPITAL_EMAIL_URL", "smtps://us%40er:secret@mail.example")
    told = environment.email(demo=True)
    assert (told["EMAIL_PORT"], told["EMAIL_HOST_USER"], told["EMAIL_USE_SSL"]) == (465, "us@er", True)


def test_where_files_lie_and_who_scans_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EHOSPITAL_FILES_URL", "EHOSPITAL_ANTIVIRUS"):
        monkeypatch.delenv(name, raising=False)
    assert environment.file_store() == {"BACKEND": "ehospital.foundation.contents.RecordStorage"}
    assert environment.antivirus() is None
    monkeypatch.setenv("EHOSPITAL_FILES_URL", "s3://k%2Fey:sec%40ret@s3.example:9000/files?region=eu-north-1")
    assert environment.file_store()["OPTIONS"] == {
        "access_key": "k/ey", "secret_key": "sec@ret", "bucket_name": "files",
        "endpoint_url": "https://s3.example:9000", "region_name": "eu-north-1",
    }  # fmt: skip
    monkeypatch.setenv("EHOSPITAL_FILES_URL", "s3://k:s@host/files?endpoint=http://127.0.0.1:9000")
    options = environment.file_store()["OPTIONS"]
    assert isinstance(options, dict)
    assert (options["endpoint_url"], options["region_name"]) == ("http://127.0.0.1:9000", "us-east-1")
    monkeypatch.setenv("EHOSPITAL_ANTIVIRUS", "clamd://scanner")
    assert environment.antivirus() == ("scanner", 3310)
