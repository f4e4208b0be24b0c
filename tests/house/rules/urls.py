"""Every address declares who may open it: a view carries its `permission`, or is a stock view with a reason."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.tree import PACKAGE, Finding, House

RULE = "url"

# Views of other packages, by module, with the reason why each may be reached without a permission of ours.
STOCK = {
    "allauth.account.": "sign-in and password reset are for people without a session; the rest asks for one",
    "allauth.mfa.": "second factors: allauth asks for a session and a recent password itself",
}

_NEXT = "Decorate the view with @page(Permission.…), or Permission.NONE_NEEDED for a page that is open to the world"


def check(house: House) -> Iterator[Finding]:
    """Walk the resolver and report every view that declares no permission."""
    permission: Any = import_module(f"{PACKAGE}.people.access").Permission
    for route, view in routes(get_resolver().url_patterns):
        declared = getattr(view, "permission", None)
        if isinstance(declared, permission):
            continue
        module = view.__module__
        if any(f"{module}.".startswith(start) for start in STOCK) and not module.startswith(f"{PACKAGE}."):
            continue
        said = f"declares {declared!r}, which is no Permission" if declared is not None else "declares no permission"
        yield Finding(*_place(house, view), RULE, f"/{route} ({module}.{_name(view)}) {said}", _NEXT)


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every address below some patterns, with its view."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def _name(view: Callable[..., Any]) -> str:
    return getattr(view, "__qualname__", type(view).__qualname__)


def _place(house: House, view: Callable[..., Any]) -> tuple[str, int]:
    """The file and line of a view, below its decorators; a file outside the house is given by its name alone."""
    target: Any = inspect.unwrap(getattr(view, "view_class", None) or getattr(view, "func", None) or view)
    try:
        file, line = Path(inspect.getfile(target)).resolve(), inspect.getsourcelines(target)[1]
    except (TypeError, OSError):
        return f"{PACKAGE}/config/urls.py", 1
    return (file.relative_to(house.root).as_posix() if file.is_relative_to(house.root) else file.name), line
