"""`ehospital version`."""

import platform
import sys
from typing import Annotated

import typer

import ehospital

app = typer.Typer(add_completion=False)


@app.command()
def version(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Say which version this is, and on what it runs."""
    if as_json:
        import json

        told = {"ehospital": ehospital.__version__, "python": platform.python_version(), "platform": sys.platform}
        typer.echo(json.dumps(told))
    else:
        typer.echo(f"ehospital {ehospital.__version__} (Python {platform.python_version()}, {platform.platform()})")
