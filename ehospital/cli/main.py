"""`ehospital`: finds the command, runs it, and turns every expected failure into one line.

A command is a module below `commands` with a Typer application called `app`; it is imported only when it is asked for,
so that help and completion stay quick. A new command is one line in `COMMANDS`.
"""

import difflib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import ehospital
from ehospital.cli.failure import CommandFailed

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "start a living hospital on this machine"),
    "serve": ("serve", "run one process: web live gateway stream worker; or all of them"),
    "migrate": ("migrate", "bring the database's tables and roles up to date"),
    "check": ("check", "can this installation run? every dependency, with the fix"),
    "accounts": ("accounts", "give members of staff a way to sign in, the first administrator too: add"),
    "wards": ("wards", "build wards with rooms and beds: add"),
    "issuers": ("issuers", "who gives numbers to patients, and how they are checked: set, list"),
    "devices": ("devices", "credentials of bedside devices: register, renew, revoke"),
    "clients": ("clients", "other systems at the FHIR door: add, renew, revoke, list"),
    "version": ("version", "which version this is"),
    "django": ("django", "Django's own management commands"),
    "import": ("import_records", "records of another system, and codes: import fhir|icd10|loinc|questionnaire PATH…"),
    "export": ("export_records", "files for others: export fhir --patient ID|--all --out PATH, export seals|audit"),
    "score": ("score", "early-warning scores of observation sets: score news2"),
    "verify-audit": ("verify_audit", "has anybody tampered with the audit trail?"),
    "dead-letters": ("dead_letters", "messages that could not be understood: list, show, replay"),
    "supervisor": ("supervisor", "what runs on a data folder, and pull the plug: status, kill, stop"),
    "bench": ("bench", "the measured bars: bench NAME, bench all"),
}
HIDDEN: dict[str, tuple[str, str]] = {"seed": ("seed", "fill an empty record with an invented hospital")}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `ehospital` with these arguments (the process's own by default) and exit 0, 1 or 2."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(words)
        sys.stdout.flush()
    except CommandFailed as failure:
        sys.stderr.write(f"ehospital: {failure}\n")
        code = FAILED
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:  # `ehospital … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    sys.exit(code)


def _run(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        (sys.stdout if words else sys.stderr).write(_help())
        return DONE if words else USAGE
    if words[0] == "--version":
        words = ["version"]
    known = COMMANDS | HIDDEN
    if words[0] not in known:
        near = difflib.get_close_matches(words[0], COMMANDS, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "see `ehospital --help`"
        sys.stderr.write(f"ehospital: there is no command {words[0]!r}; {hint}\n")
        return USAGE
    return _invoke(known[words[0]][0], words)


def _invoke(module: str, words: list[str]) -> int:
    import typer

    app = import_module(f"ehospital.cli.commands.{module}").app
    command = typer.main.get_command(app)
    try:
        code = command.main(words[1:], prog_name=f"ehospital {words[0]}", standalone_mode=False)
    except typer.TyperException as wrong:
        sys.stderr.write(
            f"ehospital {words[0]}: {wrong.format_message().rstrip('.')}. See `ehospital {words[0]} --help`.\n"
        )
        return USAGE
    except typer.Abort:
        return FAILED
    return code if isinstance(code, int) else DONE


def _help() -> str:
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{what}" for name, (_module, what) in COMMANDS.items()]
    return (
        f"E-Hospital {ehospital.__version__}\n\nUsage: ehospital COMMAND …\n\n"
        + "\n".join(lines)
        + "\n\n`ehospital COMMAND --help` tells more. Exit: 0 done, 1 failed, 2 wrong usage.\n"
    )
