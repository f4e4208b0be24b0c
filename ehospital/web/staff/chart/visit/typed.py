"""The page of a visit as it was typed: its forms, what of them is kept, and what they decide."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import QueryDict

from ehospital.clinical.actions import VisitTyped
from ehospital.clinical.details import VisitDetails
from ehospital.clinical.queries import OpenVisit
from ehospital.kernel.codes import Code
from ehospital.web.kit.page import PageRequest
from ehospital.web.staff.chart.comparing import seen_version, whole
from ehospital.web.staff.chart.notes.views import template
from ehospital.web.staff.chart.visit.form import VisitForm
from ehospital.web.staff.chart.visit.medicines import NewForm, TakenForm

NEW_ROWS: Final = 3
_LONGEST: Final = 2000
_MEDICINE = re.compile(
    r"^(?:m-[0-9a-f-]{36}|new-[0-9])-(?:do|dose|days|why|despite|name|route|frequency|supply|reason)$"
)
_OWN = frozenset(VisitForm.base_fields) - {"text", "problems"}


@dataclass
class Page:
    """The forms of one visit; `main` holds everything but the medicines, which only who prescribes has."""

    main: VisitForm
    taken: list[TakenForm] = field(default_factory=list)
    new: list[NewForm] = field(default_factory=list)

    @property
    def every(self) -> list[forms.Form]:
        """All forms, in the order of the page."""
        return [self.main, *self.taken, *self.new]

    @property
    def rows(self) -> "list[TakenForm | NewForm]":
        """The rows of medicines."""
        return [*self.taken, *self.new]

    @property
    def errors(self) -> Iterator[tuple[str, str, str]]:
        """Every error: the field's id and label, and the words."""
        for form in self.every:
            for words in form.non_field_errors():
                yield "", "", str(words)
            for bound in form:
                for words in bound.errors:
                    yield bound.id_for_label or bound.auto_id, str(bound.label), str(words)

    def is_valid(self) -> bool:
        """Tell whether all of it can be meant; every form is looked at, so that every error is told at once."""
        return sum(not form.is_valid() for form in self.every) == 0

    def details(self) -> VisitDetails:
        """Return what the visit decides."""
        orders = [form.order() for form in self.rows]
        stops = [form.stop() for form in self.taken]
        return replace(
            self.main.details(),
            orders=tuple(one for one in orders if one is not None),
            stops=tuple(one for one in stops if one is not None),
        )

    def row_of(self, medicine: str) -> TakenForm | NewForm | None:
        """Return the row of the medicine that an action complained of."""
        for form in self.rows:
            order = form.order() if form.is_valid() else None
            words = form.medicine.display if isinstance(form, TakenForm) else order.code.display if order else ""
            if order is not None and words == medicine:
                return form
        return None


def page(visit: OpenVisit, data: QueryDict | None, *, may_prescribe: bool, at: datetime) -> Page:
    """Return the page as it was sent, or as it was kept when nothing was sent."""
    kept: Mapping[str, Any] = visit.draft.fields if visit.draft else {}
    note = visit.note_draft.text if visit.note_draft else template("outpatient")
    first = {"reason": visit.encounter.reason, **_of("", VisitForm, kept), "text": note}
    whole = Page(VisitForm(data, visit=visit, at=at, initial=first))
    if may_prescribe:
        for taken in visit.medicines:
            begun = _of(f"m-{taken.medicine.pk}-", TakenForm, kept)
            whole.taken.append(TakenForm(data, taken=taken, initial=begun))
        for number in range(NEW_ROWS):
            begun = _of(f"new-{number}-", NewForm, kept)
            whole.new.append(NewForm(data, number=number, known=visit.known, initial=begun))
    return whole


def typed(request: PageRequest) -> VisitTyped:
    """Return what was sent, for keeping: only the fields of the page, each cut to what it may hold."""
    sent = request.POST
    fields: dict[str, str | list[str]] = {
        name: str(value)[:_LONGEST] for name, value in sent.items() if name in _OWN or _MEDICINE.match(name)
    }
    fields["problems"] = [one[:36] for one in sent.getlist("problems")[:100]]
    return VisitTyped(
        fields=fields,
        note=sent.get("text", ""),
        template=template("outpatient"),
        seen_version=seen_version(request),
        note_version=whole(sent.get("note_version", "")),
        editor=sent.get("editor", "")[:36],
        turn=whole(sent.get("turn", "")),
    )


def named(request: PageRequest) -> list[Code]:
    """Return the new medicines that stand in the page, by their words."""
    sent = (request.POST.get(f"new-{number}-name", "").strip()[:_LONGEST] for number in range(NEW_ROWS))
    return [Code("", "", words) for words in sent if words]


def _of(prefix: str, form: type[forms.Form], kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: kept[f"{prefix}{name}"] for name in form.base_fields if f"{prefix}{name}" in kept}
