"""A line that went while a page was open answers like one that never was."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404

from ehospital.clinical import actions


@contextmanager
def missing_is_404() -> Iterator[None]:
    """Answer 404 for a line that is not there, or not there for whoever asks; also a decorator of views."""
    try:
        yield
    except actions.UnknownEntry as error:
        raise Http404 from error
