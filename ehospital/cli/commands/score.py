"""`ehospital score news2`: observation sets as JSON lines on stdin, a score a line on stdout. Needs no database."""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import orjson
import typer

from ehospital.cli.failure import CommandFailed

app = typer.Typer(add_completion=False, no_args_is_help=True)
Scorer = Callable[[dict[str, Any]], dict[str, Any]]


@app.callback()
def scores() -> None:
    """Score observation sets: one JSON object a line in, one a line out."""


@app.command()
def news2() -> None:
    """National Early Warning Score 2 (RCP 2017) of adults."""
    scorer: Scorer = import_module("ehospital.algorithms.early_warning").score_json
    refused = [answered for line in _lines() if not (answered := _answered(line, scorer))]
    if refused:
        raise CommandFailed(
            f"{len(refused)} observation sets could not be scored", next_step='Look for "error" in the answers'
        )


def _lines() -> Iterator[bytes]:
    for line in sys.stdin.buffer:
        if line.strip():
            yield line


def _answered(line: bytes, scorer: Scorer) -> bool:
    """Write the answer to one line at once; a set that cannot be scored gets its reason, and the rest goes on."""
    try:
        given = orjson.loads(line)
        if not isinstance(given, dict):
            raise ValueError("a JSON object was expected")
        answer = scorer(given)
    except ValueError as error:
        answer = {"error": str(error)}
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()
    return "error" not in answer
