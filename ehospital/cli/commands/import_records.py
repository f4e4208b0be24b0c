"""`ehospital import fhir`: records of another system, whole patients at a time, with an account of every resource."""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.import_progress import Shown
from ehospital.cli.hospital.record import record

if TYPE_CHECKING:
    from ehospital.fhir.importing.report import Report
    from ehospital.people.queries import UnitSummary

app = typer.Typer(add_completion=False, no_args_is_help=True)

WORTH_A_PROCESS = 4 << 20
INTERRUPTED = 130
_PR_SET_PDEATHSIG = 1


@app.callback()
def imports() -> None:
    """Bring in what other systems know."""


@app.command()
def fhir(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Bundles, .ndjson, archives, folders.")],
    report: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the whole account here, as JSON.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the account (without its longest list) as JSON.")
    ] = False,
    source: Annotated[
        str, typer.Option(help="The sending system; give each its own, so their ids never meet.")
    ] = "fhir",
    unit: Annotated[
        str, typer.Option(help="The unit that takes the patients over, by its name (default: the one set up for it).")
    ] = "",
    processes: Annotated[int | None, typer.Option(min=1, max=32, help="How many work at once.")] = None,
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Import FHIR R4: bundles (.json), .ndjson, .gz, .zip, .tar.*, folders. Repeatable; nothing is lost silently."""
    for path in paths:
        if not path.exists():
            raise CommandFailed(f"There is no {path}", next_step="Name a file or a folder that exists")
    if report and not report.absolute().parent.is_dir():
        raise CommandFailed(f"There is no folder {report.absolute().parent}", next_step="Make it, or name another")
    if not 0 < len(source) <= 120:
        raise CommandFailed("The name of the source is too long", next_step="Use at most 120 characters")
    with record(role="worker", data=data, with_charts=True):
        account = _run(paths, report, source, processes, unit, quiet=as_json)
        try:
            _tell(account, report, as_json=as_json)
        finally:
            account.close()
    if not account.complete:
        _stopped(account)


def _run(
    paths: list[Path], listed: Path | None, source: str, processes: int | None, unit: str, *, quiet: bool
) -> "Report":
    from django.conf import settings

    from ehospital.fhir.importing import crew, importer, inputs

    at = datetime.now(UTC)
    receiving = _receiving_unit(unit, at)
    hands = processes or crew.hands()
    if processes is None and inputs.total_bytes(paths) < WORTH_A_PROCESS:
        hands = 0
    with Shown(quiet=quiet) as shown, processes_for(hands) as executor:
        return importer.run(
            paths,
            source=source,
            at=at,
            zone=settings.TIME_ZONE,
            unit=receiving,
            listing=listed is not None,
            executor=executor,
            hands=hands,
            progressed=shown.show,
        )


def _receiving_unit(named: str, at: datetime) -> "UnitSummary | None":
    from ehospital.people import access, queries

    try:
        return queries.receiving_unit(named, viewer=access.system("fhir import", at=at))
    except queries.NoSuchUnit as error:
        raise CommandFailed(str(error), next_step="Name a unit that exists with --unit") from None


@contextmanager
def processes_for(number: int) -> Iterator[Executor | None]:
    """Processes that write; each has its own connection. None when the work is too small to share."""
    if number == 0:
        yield None
        return
    executor = ProcessPoolExecutor(number, get_context("spawn"), initializer=_begin, initargs=(os.getpid(),))
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _begin(parent: int) -> None:
    """Prepare a process: it leaves Ctrl-C to us, and dies with us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
    import django

    django.setup()


def _tell(account: "Report", path: Path | None, *, as_json: bool) -> None:
    if path:
        try:
            account.write(path)
        except OSError as error:
            raise CommandFailed(f"The report {path} cannot be written", why=str(error.strerror)) from None
    summary = account.summary()
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    _table(summary)
    if path:
        typer.echo(f"Every resource is accounted for in {path}.")


def _table(summary: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(box=None, padding=(0, 3, 0, 0))
    table.add_column("")
    for name in ("read", "imported", "updated", "unchanged", "left out"):
        table.add_column(name, justify="right")
    for kind, counts in {**summary["resources"], "all": summary["totals"]}.items():
        table.add_row(kind, *(f"{counts[name]:,}" for name in ("read", "imported", "updated", "unchanged", "left_out")))
    console.print(table)
    for one in summary["left_out"][:20]:
        console.print(f"[dim]left out: {one['count']:,} × {one['type']}: {one['reason']}[/]", markup=True)
    rest = len(summary["left_out"]) - 20
    if rest > 0:
        console.print(f"[dim]… and {rest} other reasons; see --report[/]")
    speed = (
        f"{summary['bundles_per_s']} bundles/s"
        if summary["bundles"] > 1
        else f"{summary['resources_per_s']:,} resources/s"
    )
    console.print(f"{summary['patients']:,} patients in {summary['duration_s']:.1f} s ({speed}).")
    if summary["unit"]:
        typer.echo(f"On the list of: {summary['unit']}.")
    else:
        typer.echo("On nobody's list, so no clinician opens these charts yet: name a unit with --unit.")


def _stopped(account: "Report") -> None:
    words = f"{account.patients} patients are whole in the record, no other was touched"
    if account.stopped_by == "interrupted":
        typer.echo(f"Interrupted: {words}. Run the same command again to go on; what is there is skipped.", err=True)
        raise typer.Exit(INTERRUPTED)
    raise CommandFailed(
        "The import stopped", why=f"{account.stopped_by}; {words}", next_step="Mend it and run the same command again"
    )


@app.command()
def icd10(
    path: Annotated[Path, typer.Argument(help="ClaML .xml, an ICD-10-CM order file, or CSV with code,display.")],
    licence: Annotated[str, typer.Option(help="Under what right the hospital uses it.")],
    version: Annotated[str, typer.Option(help="The release, such as 2019.")] = "",
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Import the diagnoses of ICD-10. Repeatable: a code that the release no longer has is retired, never removed."""
    _codes("icd10", path, licence, version, data)


@app.command()
def loinc(
    path: Annotated[Path, typer.Argument(help="Loinc.csv of the release.")],
    licence: Annotated[str, typer.Option(help="Under what right the hospital uses it.")],
    version: Annotated[str, typer.Option(help="The release, such as 2.78.")] = "",
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Import the tests and measurements of LOINC. Repeatable, as icd10 is."""
    _codes("loinc", path, licence, version, data)


@app.command()
def questionnaire(
    path: Annotated[Path, typer.Argument(help="A FHIR R4 Questionnaire, as JSON.")],
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Load a structured form. A new version changes nothing that was answered; what is wrong is named."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{path} cannot be read", why=str(error), next_step="Name a file of JSON") from None
    if not isinstance(content, dict):
        raise CommandFailed(f"{path} is no Questionnaire", next_step="Name a file that holds one FHIR resource")
    _check_form(content)
    with record(role="worker", data=data):
        from ehospital.clinical import actions
        from ehospital.people import access

        at = datetime.now(UTC)
        try:
            _, new = actions.load_definition(content, by=access.system("questionnaire import", at=at), at=at)
        except actions.VersionDiffers as error:
            raise CommandFailed(str(error), next_step="Give what you changed a new version") from None
    state = "loaded" if new else "was loaded before, nothing changed"
    typer.echo(f"{content['title']} {content['version']}: {state}.")


def _check_form(content: dict[str, Any]) -> None:
    """Look at a form before anything is started."""
    from ehospital.algorithms.questionnaires import UnusableQuestionnaire, read

    try:
        read(content)
    except UnusableQuestionnaire as refused:
        for one in refused.refusals:
            typer.echo(str(one), err=True)
        faults = len(refused.refusals)
        raise CommandFailed(
            f"The form cannot be used: {faults} faults", next_step="Mend them; nothing was loaded"
        ) from None


def _codes(kind: str, path: Path, licence: str, version: str, data: Path | None) -> None:
    if not path.is_file():
        raise CommandFailed(f"There is no file {path}", next_step="Name the file of the release")
    if not licence.strip():
        raise CommandFailed("No licence was named", next_step="Say under what right it is used: --licence TEXT")
    with record(role="worker", data=data):
        from ehospital.foundation import code_files, codes
        from ehospital.people import access

        at = datetime.now(UTC)
        try:
            release, entries = code_files.read(path, kind=kind, licence=licence, version=version)
            done = codes.import_release(release, entries, by=access.system(f"{kind} import", at=at), at=at)
        except (codes.UnusableRelease, UnicodeDecodeError) as error:
            raise CommandFailed(
                "The release cannot be read", why=str(error), next_step="Nothing was changed; mend the file"
            ) from None
    typer.echo(
        f"{done.added:,} added, {done.changed:,} changed, {done.unchanged:,} unchanged, {done.retired:,} retired."
    )
