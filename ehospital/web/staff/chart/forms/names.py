"""What the fields of a form are called on a page, and the answers that a page sends."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from django.http import QueryDict
from django.utils import timezone

from ehospital.algorithms.questionnaires import Answers, Item, Path, Questionnaire, answer

MOST_TIMES: Final = 100
_LOCAL: Final = "%Y-%m-%dT%H:%M"


def name_of(path: Path) -> str:
    """Return the name of a field: the same place has the same name, whatever stands in a linkId."""
    return "/".join(("a", *(quote(str(part), safe="") for part in path)))


def id_of(path: Path) -> str:
    """Return the id of an element: names with what an address leads to without being written in another way."""
    return name_of(path).replace("/", "-").replace("%", "_")


def answers_of(form: Questionnaire, sent: QueryDict) -> Answers:
    """Return what a page sent: typed as far as it can be, as it is where it cannot; `do` adds and drops times."""
    return _scope(form, sent, (), ())


def _scope(form: Questionnaire, sent: QueryDict, scope: tuple[str, ...], prefix: Path) -> Answers:
    found: Answers = {}
    for item in form.ordered.get(scope, ()):
        path = (*prefix, item.link_id)
        values = _times(form, sent, scope, path) if item.kind == "group" and item.repeats else _values(item, sent, path)
        if values:
            found[item.link_id] = values
    return found


def _times(form: Questionnaire, sent: QueryDict, scope: tuple[str, ...], path: Path) -> list[Any]:
    name, asked = name_of(path), sent.get("do", "")
    told = sent.get(f"{name}/times", "")
    count = min(int(told), MOST_TIMES) if told.isascii() and told.isdigit() and len(told) < 4 else 0
    inner = (*scope, str(path[-1]))
    kept = [place for place in range(count) if asked != f"drop:{name}/{place}"]
    found = [_scope(form, sent, inner, (*path, place)) for place in kept]
    return [*found, {}] if asked == f"add:{name}" and len(found) < MOST_TIMES else found


def _values(item: Item, sent: QueryDict, path: Path) -> list[Any]:
    if not item.asks or item.read_only:
        return []
    name = name_of(path)
    raw: list[Any] = list(sent.getlist(name))
    if item.kind in ("choice", "open-choice"):
        raw = [_option(item, one) for one in raw] + sent.getlist(f"{name}/other")
    if item.kind == "dateTime":
        raw = [_instant(one) for one in raw]
    found = (answer(item, one) for one in raw)
    return [one for one in found if one is not None]


def _option(item: Item, sent: str) -> Any:
    place = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 5 else -1
    return item.options[place].value if 0 <= place < len(item.options) else None


def _instant(sent: str) -> str:
    """Return a moment of the hospital's clocks as an instant."""
    try:
        return timezone.make_aware(datetime.fromisoformat(sent)).isoformat()
    except ValueError:
        return sent


def local(value: Any) -> str:
    """Return an instant as a page's field for moments holds it; what is none as it is."""
    try:
        return timezone.localtime(datetime.fromisoformat(str(value))).strftime(_LOCAL)
    except ValueError:
        return str(value)
