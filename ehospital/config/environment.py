"""What the environment says, read in one place and refused in words when it is missing or malformed."""

import logging
import os
import re
import zoneinfo
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit


class BadEnvironment(SystemExit):
    """A variable is missing or malformed; the message names it and shows an example."""

    def __init__(self, name: str, why: str, example: str) -> None:
        super().__init__(f"{name} {why}. Example: {name}={example}")


def _refuse(name: str, why: str, example: str) -> NoReturn:
    raise BadEnvironment(name, why, example)


def text(name: str, *, example: str, default: str | None = None) -> str:
    """Return the variable's text, or its default; refuse when it has neither."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        _refuse(name, "is not set", example)
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes-or-no variable; `1 true yes on` and `0 false no off` are understood."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    _refuse(name, f"is {value!r}, which is neither yes nor no", "1")


def number(name: str, *, default: int, least: int = 0, most: int = 65535) -> int:
    """Return a whole number between two bounds."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdecimal() and least <= int(value) <= most):
        _refuse(name, f"is {value!r}, not a whole number from {least} to {most}", str(default or least))
    return int(value)


def networks(name: str, *, default: str) -> "tuple[IPv4Network | IPv6Network, ...]":
    """Return networks, such as those that count as inside the hospital."""
    value = os.environ.get(name, "").strip() or default
    try:
        return tuple(ip_network(one.strip()) for one in value.split(",") if one.strip())
    except ValueError as why:
        _refuse(name, f"is {value!r}: {why}", "10.20.0.0/16,fd00::/8")


def hosts() -> list[str]:
    """Return the names under which the pages may be asked for."""
    value = text("EHOSPITAL_ALLOWED_HOSTS", example="hospital.example,10.0.0.5", default="localhost,127.0.0.1,[::1]")
    return [host.strip() for host in value.split(",") if host.strip()]


def time_zone() -> str:
    """Return the name of the hospital's time zone."""
    value = text("EHOSPITAL_TIME_ZONE", example="Europe/Oslo", default="UTC")
    if value not in zoneinfo.available_timezones():
        _refuse("EHOSPITAL_TIME_ZONE", f"is {value!r}, which is no time zone", "Europe/Oslo")
    return value


def log_level() -> str:
    """Return how much the processes say."""
    value = text("EHOSPITAL_LOG_LEVEL", example="INFO", default="INFO").upper()
    if value not in logging.getLevelNamesMapping():
        _refuse("EHOSPITAL_LOG_LEVEL", f"is {value!r}", "INFO")
    return value


def nats_url() -> str:
    """Return the broker's address; empty in a process that has nothing to tell it."""
    value = os.environ.get("EHOSPITAL_NATS_URL", "").strip()
    if value and (urlsplit(value).scheme not in {"nats", "tls"} or not urlsplit(value).hostname):
        _refuse("EHOSPITAL_NATS_URL", "is not a nats:// or tls:// address", "nats://web:secret@nats.example:4222")
    return value


def data_folder() -> Path:
    """Return the folder where this installation keeps its files."""
    return Path(text("EHOSPITAL_DATA", example="/var/lib/ehospital", default="var/demo")).resolve()


def secret_key() -> str:
    """Return the hospital's secret; refuse a short one, because sign-ins and device secrets stand on it."""
    example = "(64 random characters: python3 -c 'import secrets; print(secrets.token_hex(32))')"
    value = text("EHOSPITAL_SECRET_KEY", example=example)
    if len(value) < 32:
        _refuse("EHOSPITAL_SECRET_KEY", f"has {len(value)} characters and needs at least 32", example)
    return value


def database(name: str = "EHOSPITAL_DATABASE_URL") -> dict[str, object]:
    """Return Django's settings of the PostgreSQL database that the variable names."""
    example = "postgresql://ehospital_web:secret@db.example:5432/ehospital"
    url = urlsplit(text(name, example=example))
    if url.scheme not in {"postgresql", "postgres"}:
        _refuse(name, f"begins with {url.scheme or 'no scheme'!r}; E-Hospital speaks PostgreSQL only", example)
    try:
        port = url.port or 5432
    except ValueError:
        _refuse(name, "has a port that is not a number", example)
    if not url.hostname or not url.path.strip("/"):
        _refuse(name, "names no host or no database", example)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname,
        "PORT": str(port),
        "OPTIONS": dict(parse_qsl(url.query)),
    }


def web_address(name: str, *, example: str) -> str:
    """Return an http:// or https:// address; empty when there is none."""
    value = os.environ.get(name, "").strip()
    if not value:
        return ""
    url = urlsplit(value)
    try:
        whole = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        whole = False
    if not whole:
        _refuse(name, "is not an http:// or https:// address", example)
    return value


def vapid_key(name: str = "EHOSPITAL_VAPID_KEY") -> str:
    """Return the private key under which push messages are signed: 32 bytes in base64 for addresses; empty without."""
    value = os.environ.get(name, "").strip().rstrip("=")
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{43}", value):
        _refuse(name, "is no P-256 private key of 32 bytes", "(leave it out: `ehospital serve all` makes one)")
    return value


def file_store(name: str = "EHOSPITAL_FILES_URL") -> dict[str, object]:
    """Return Django's settings of the store for files of the record: the data folder, or an S3-compatible store."""
    value = os.environ.get(name, "").strip()
    if not value:
        return {"BACKEND": "ehospital.foundation.contents.RecordStorage"}
    example = "s3://key:secret@s3.example/hospital-files?region=eu-north-1"
    url = urlsplit(value)
    bucket, asked = url.path.strip("/"), dict(parse_qsl(url.query))
    if url.scheme != "s3" or not url.hostname:
        _refuse(name, "is not an s3:// address", example)
    if not (url.username and url.password):
        _refuse(name, "names no key or no secret", example)
    if not bucket or "/" in bucket:
        _refuse(name, "names no bucket, or more than one", example)
    if unknown := sorted(asked.keys() - {"endpoint", "region"}):
        _refuse(name, f"has {unknown[0]!r}; only endpoint and region are understood", example)
    try:
        host = f"{url.hostname}:{url.port}" if url.port else url.hostname
    except ValueError:
        _refuse(name, "has a port that is not a number", example)
    endpoint = asked.get("endpoint", f"https://{host}")
    if urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).hostname:
        _refuse(name, "has an endpoint that is not an https:// address", example)
    options = {
        "access_key": unquote(url.username), "secret_key": unquote(url.password), "bucket_name": bucket,
        "endpoint_url": endpoint, "region_name": asked.get("region", "us-east-1"),
    }  # fmt: skip
    return {"BACKEND": "ehospital.foundation.remote_files.RemoteStorage", "OPTIONS": options}


def antivirus(name: str = "EHOSPITAL_ANTIVIRUS") -> tuple[str, int] | None:
    """Return host and port of the scanner for uploads; None where there is none."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    example, url = "clamd://127.0.0.1:3310", urlsplit(value)
    try:
        port = url.port or 3310
    except ValueError:
        _refuse(name, "has a port that is not a number", example)
    if url.scheme != "clamd" or not url.hostname:
        _refuse(name, "is not a clamd:// address", example)
    return url.hostname, port


def email(name: str = "EHOSPITAL_EMAIL_URL", *, demo: bool = False) -> dict[str, object]:
    """Return Django's e-mail settings: smtp:// or smtps://; without the variable a demo has an inbox of its own.

    Anywhere else no mail leaves then, and none is kept: a link that resets a password lies nowhere.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        kept = "ehospital.foundation.inbox.InboxBackend"
        return {"EMAIL_BACKEND": kept if demo else "django.core.mail.backends.dummy.EmailBackend"}
    example = "smtp://user:secret@mail.example:587"
    url = urlsplit(value)
    try:
        port = url.port
    except ValueError:
        _refuse(name, "has a port that is not a number", example)
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        _refuse(name, "is not an smtp:// or smtps:// address", example)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": port or (465 if url.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_USE_TLS": url.scheme == "smtp" and bool(url.username),
        "EMAIL_TIMEOUT": 20,
    }
