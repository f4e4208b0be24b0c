"""`ehospital django …`: Django's own commands, on the same database as every other command."""

import typer

from ehospital.cli.hospital.record import record

app = typer.Typer(add_completion=False)
AS_OWNER = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "dbshell", "flush"}
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command(context_settings=PASSED_ON)
def django(context: typer.Context) -> None:
    """Run one of Django's management commands; those that change tables run as their owner."""
    words = context.args or ["help"]
    with record(role="owner" if words[0] in AS_OWNER else "web", migrated=False):
        from django.core.management import ManagementUtility

        ManagementUtility(["ehospital django", *words]).execute()
