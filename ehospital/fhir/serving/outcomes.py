"""What the door answers: FHIR JSON with every digit, and an OperationOutcome for whatever cannot be done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.http import HttpResponse

Json = dict[str, Any]

MEDIA_TYPE: Final = "application/fhir+json"
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Problem(Exception):
    """The interaction ends here, with this status and these words.

    `refused` says that it ends because the client may not, whatever status tells them so: it is written down.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        words: str,
        *,
        where: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        refused: bool = False,
    ) -> None:
        super().__init__(words)
        self.refused = refused or status in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN)
        self.status, self.code, self.words = status, code, words
        self.where, self.headers = tuple(where), dict(headers or {})


@dataclass(frozen=True)
class Answer:
    """A resource to send, before anybody asked in which words of HTTP."""

    body: Json | None
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


def encoded(body: Json) -> bytes:
    """Return JSON in which a number has exactly the digits that are stored."""
    return _encode(body)


def outcome(severity: str, code: str, words: str, where: Iterable[str] = ()) -> Json:
    """Return an OperationOutcome of one issue; `where` are FHIRPath expressions."""
    issue: Json = {"severity": severity, "code": code, "diagnostics": words}
    if places := list(where):
        issue["expression"] = places
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def response(answer: Answer) -> HttpResponse:
    """Return the HTTP answer; nothing of a chart is kept by whoever passes it on."""
    content = b"" if answer.body is None else encoded(answer.body)
    sent = HttpResponse(content, status=answer.status, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    sent["Cache-Control"] = "no-store"
    for name, value in answer.headers.items():
        sent[name] = value
    return sent


def of_problem(problem: Problem) -> HttpResponse:
    """Return the answer that says what was wrong."""
    told = outcome("error", problem.code, problem.words, problem.where)
    return response(Answer(told, problem.status, problem.headers))


def not_found() -> Problem:
    """The one answer for what does not exist and for what this client may not see."""
    return Problem(HTTPStatus.NOT_FOUND, "not-found", "There is no such resource, or it is not open to this client.")


def unprocessable(words: str, *where: str, refused: bool = False) -> Problem:
    """What was sent is understood and cannot be stored; `refused` when that is because the client may not."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "business-rule", words, where=where, refused=refused)


def unusable(words: str, code: str = "invalid") -> Problem:
    """What was asked makes no sense here; the words name it."""
    return Problem(HTTPStatus.BAD_REQUEST, code, words)
