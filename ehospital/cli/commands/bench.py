"""`ehospital bench NAME|all`: measure the promises, as ratios and bars."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli.benches import BENCHES, Result
from ehospital.cli.failure import CommandFailed

app = typer.Typer(add_completion=False)
MODULES = {"import": "import_fhir"}  # no module can have the name of a keyword
LIST = "; ".join(f"{name}: {what}" for name, what in BENCHES.items())


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help=f"`all`, or one of: {LIST}.")],
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line, for machines.")] = False,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Write all results to this file too.")] = None,
) -> None:
    """Run a bench, or all of them one after the other; exit 1 when a bar is not met."""
    if name != "all" and name not in BENCHES:
        raise typer.BadParameter(f"there is no bench {name!r}; there are {', '.join([*BENCHES, 'all'])}")
    results = []
    for one in BENCHES if name == "all" else [name]:
        result = _in_its_own_process(one) if name == "all" else _run(one)
        results.append(result)
        typer.echo(json.dumps(result.as_json())) if as_json else _show(result)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps([result.as_json() for result in results], indent=1) + "\n")
    missed = [f"{result.bench} {bar}" for result in results for bar, value in result.bars.items() if not value.met]
    if missed:
        raise CommandFailed(f"Not met: {', '.join(missed)}", next_step="See the figures above")


def _run(name: str) -> Result:
    result: Result = import_module(f"ehospital.cli.benches.{MODULES.get(name, name)}").run()
    return result


def _in_its_own_process(name: str) -> Result:
    """Each bench sets Django up on a database of its own, which a process can do once."""
    ran = subprocess.run(  # noqa: S603  (ourselves)
        [sys.executable, "-m", "ehospital", "bench", name, "--json"], stdout=subprocess.PIPE, text=True, check=False
    )
    if not ran.stdout:
        raise CommandFailed(f"The bench {name} did not finish", next_step="It said why above")
    return Result.from_json(json.loads(ran.stdout))


def _show(result: Result) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "measured", "wanted", "", title=result.bench, title_justify="left", box=None, padding=(0, 2))
    for name, value in {**result.figures, **result.ratios}.items():
        bar = result.bars.get(name)
        wanted = "" if bar is None else f"{'≥' if bar.at_least else '≤'} {bar.wanted:g}"
        verdict = "" if bar is None else ("[green]met[/]" if bar.met else "[bold red]missed[/]")
        table.add_row(name, f"{value:,.2f}", wanted, verdict)
    for name, bar in result.bars.items():
        if name not in result.figures and name not in result.ratios:
            verdict = "[green]met[/]" if bar.met else "[bold red]missed[/]"
            table.add_row(name, f"{bar.got:,.2f}", f"{'≥' if bar.at_least else '≤'} {bar.wanted:g}", verdict)
    Console(highlight=False).print(table)
