"""The one way a command says that it failed for a reason that a person can act on."""


class CommandFailed(Exception):
    """An expected failure: what happened, why, and what to do next, in one line.

    `ehospital.cli.main` prints it on stderr and exits with 1; nobody needs a traceback for it.
    """

    def __init__(self, what: str, *, why: str = "", next_step: str = "") -> None:
        parts = [" ".join(part.split()).rstrip(".") for part in (what, why, next_step)]
        super().__init__(". ".join(part for part in parts if part) + ".")
