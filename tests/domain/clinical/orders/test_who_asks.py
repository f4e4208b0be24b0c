"""Whose answers wait is told to the processes that look for readers, and to no other."""

from collections.abc import Callable

import psycopg
import pytest

from tests.engines import Clone

ASK = "SELECT count(*) FROM public.clinical_unread_answers()"


def test_only_those_who_look_for_readers_ask_whose_answers_wait(clone_database: Callable[[], Clone]) -> None:
    clone = clone_database()
    for role in ("ehospital_web", "ehospital_worker"):
        with psycopg.connect(clone.url(role)) as connection:
            assert connection.execute(ASK).fetchone() == (0,)
    with psycopg.connect(clone.url("ehospital_stream")) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="function clinical_unread_answers"):
            connection.execute(ASK)
        connection.rollback()
        everybody = "SELECT has_function_privilege('public', 'public.clinical_unread_answers()', 'EXECUTE')"
        assert connection.execute(everybody).fetchone() == (False,)
