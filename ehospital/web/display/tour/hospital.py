"""What a demo knows about itself: who may sign in, which stories play, which processes run."""

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as in_words  # the simulation marks its texts for the catalogue

_ANSWER_SECONDS = 3.0


@dataclass(frozen=True)
class Story:
    """One story that plays on the ward now."""

    bed: str
    title: str
    sentence: str


@dataclass(frozen=True)
class Process:
    """One process of the demo, as its supervisor sees it."""

    name: str
    state: str
    restarts: int
    pluggable: bool

    @property
    def up(self) -> bool:
        """Whether it works now."""
        return self.state in {"ready", "done"}


class NoSupervisor(RuntimeError):
    """Nobody supervises these processes, so nobody would start a killed one again."""


PLUGGABLE = ("stream", "gateway", "worker", "nats", "postgres", "devices")


def seed() -> dict[str, Any]:
    """Return what the simulation told when it invented this hospital; empty before that."""
    try:
        told: dict[str, Any] = json.loads((Path(settings.DATA) / "seed.json").read_text())
    except (FileNotFoundError, PermissionError):
        return {}
    return told


def stories() -> list[Story]:
    """Return the stories that play in the reader's language, in the order of the beds."""
    told = seed().get("stories", ())
    return [Story(one["bed"], in_words(one["title"]), in_words(one["sentence"])) for one in told]


def processes() -> list[Process]:
    """Return what the supervisor last wrote down; empty when there is none."""
    try:
        status = json.loads(Path(os.environ["EHOSPITAL_STATUS"]).read_text())
    except (KeyError, OSError, ValueError):
        return []
    return [
        Process(part["name"], part["state"], part.get("restarts", 0), part["name"] in PLUGGABLE)
        for part in status.get("parts", ())
    ]


def pull(name: str) -> None:
    """Kill a process the hard way; its supervisor starts it again.

    Raises:
        NoSupervisor: nobody listens, or nothing alive is called that.
    """
    request = json.dumps({"do": "kill", "name": name}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_ANSWER_SECONDS)
            line.connect(os.environ["EHOSPITAL_CONTROL"])
            line.sendall(request)
            with line.makefile("r") as answers:
                answer = json.loads(answers.readline())
    except (KeyError, OSError, ValueError) as error:
        raise NoSupervisor("no supervisor listens") from error
    if not answer.get("ok"):
        raise NoSupervisor(str(answer.get("why", "refused")))
