"""The one way a command says that it failed for a reason that a person can act on."""


class CommandFailed(Exception):
    """An expected failure: what happened, why, and what to do next, in one line.

    `ehospital.cli.main` prints it on stderr and exits with 1; nobody needs a traceback for it.
    """

    def __init__(self, what: str, *, why: str = "", next_step: str = "") -> None:
        parts = [what.rstrip("."), why.rstrip("."), next_step.rstrip(".")]
        super().__init__(". ".join(" ".join(part.split()) for part in parts if part) + ".")
