"""What is typed about a plan: its words, its goals and its activities, and how that becomes `PlanDetails`."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.plan_details import Aim, Because, Doer, PlanDetails, Task
from ehospital.clinical.policies.plan_measures import MEASURES, measure_of
from ehospital.kernel import timing
from ehospital.kernel.timing import DAY, MONTH, ONCE, WEEK, Timing
from ehospital.web.kit.plans import WEEKDAYS

Choices = Sequence[tuple[str, Any]]
NO_TIMING: Final = "none"
_UNITS: Final = [
    (DAY, _("days")), (WEEK, _("weeks")), (MONTH, _("months")), ("once", _("once in all")),
    (NO_TIMING, _("as it comes")),
]  # fmt: skip
_DATE: Final[dict[str, Any]] = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), "required": False}
_INPUTS: Final = ["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"]


class PlanForm(forms.Form):
    """The plan as a whole."""

    title = forms.CharField(label=_("Title"), max_length=1000)
    description = forms.CharField(
        label=_("What it is about"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In plain words: the patient reads it."),
    )  # fmt: skip
    because = forms.CharField(
        label=_("Why it differs"), max_length=1000, required=False,
        help_text=_("Kept in the history of the plan with everything that you change here."),
    )  # fmt: skip


class _Line(forms.Form):
    key = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    template_key = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    drop = forms.BooleanField(label=_("Leave this out"), required=False)
    cautions: Sequence[Any] = ()

    def has_changed(self) -> bool:
        """Tell whether somebody typed here; the first day that an empty line proposes may be yesterday's."""
        changed = set(self.changed_data)
        return bool(changed - {"starts_on"} if self.empty_permitted else changed)


class GoalForm(_Line):
    """One goal; a measured one has an end or two."""

    words = forms.CharField(label=_("Goal"), max_length=1000)
    measure = forms.ChoiceField(label=_("Measured by"), required=False)
    low = forms.DecimalField(label=_("At least"), required=False, max_digits=12, decimal_places=4)
    high = forms.DecimalField(label=_("At most"), required=False, max_digits=12, decimal_places=4)
    unit = forms.CharField(
        label=_("Unit"), max_length=60, required=False, widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=_("Left empty: the usual one."),
    )  # fmt: skip
    due_on = forms.DateField(label=_("By"), input_formats=_INPUTS, **_DATE)
    counts_for_days = forms.IntegerField(
        label=_("A value counts for"), min_value=1, max_value=3660, initial=90,
        help_text=_("Days; after that it is too old."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why this target"), max_length=1000, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        told = str(self.initial.get("measure", "") or "")
        other = [(told, self.initial.get("measure_words") or told)] if told and told not in MEASURES else []
        measures = [(one.code, one.words) for one in MEASURES.values()]
        self.fields["measure"].choices = [("", _("nothing: in words")), *measures, *other]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not told.get("measure") and (told.get("low") is not None or told.get("high") is not None):
            self.add_error("measure", _("Say what is measured, or empty both ends of the target."))
        return told

    def aim(self) -> Aim:
        """Return the goal that was typed."""
        told = self.cleaned_data
        known = measure_of(told["measure"]) if told["measure"] else None
        words = str(known.words) if known else str(self.initial.get("measure_words", ""))
        unit = told["unit"] or (known.unit if known else "")
        return Aim(
            words=told["words"],
            key=told["key"],
            measure=told["measure"],
            measure_words=words if told["measure"] else "",
            low=told["low"],
            high=told["high"],
            unit=unit if told["measure"] else "",
            due_on=told["due_on"],
            counts_for_days=told["counts_for_days"],
            note=str(self.initial.get("note", "")),
            template_key=told["template_key"],
        )


class TaskForm(_Line):
    """One activity: what, who, how often, from when until when."""

    words = forms.CharField(label=_("Activity"), max_length=1000)
    instructions = forms.CharField(
        label=_("Instructions in plain words"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    who = forms.ChoiceField(label=_("Who does it"), initial="patient")
    times = forms.IntegerField(label=_("Times"), min_value=1, max_value=timing.MOST_TIMES, initial=1)
    every = forms.IntegerField(label=_("in every"), min_value=1, max_value=timing.LONGEST, initial=1)
    unit = forms.ChoiceField(label=_("days, weeks, months"), choices=_UNITS, initial=DAY)
    weekdays = forms.MultipleChoiceField(
        label=_("Only on"), choices=list(WEEKDAYS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(label=_("From"), input_formats=_INPUTS, **_DATE)
    ends_on = forms.DateField(label=_("Until, or by"), input_formats=_INPUTS, **_DATE)

    def __init__(self, *args: Any, doers: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        told = str(self.initial.get("who", "") or "")
        known = {key for key, _words in doers}
        other = [(told, self.initial.get("who_words") or told)] if told and told not in known else []
        self.fields["who"].choices = [*doers, *other]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        first, last = told.get("starts_on"), told.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("It would end before it began. Check both dates."))
        if told.get("weekdays") and told.get("unit") != WEEK:
            self.add_error("weekdays", _("Days of the week go with weeks. Choose weeks, or no days."))
        return told

    def task(self) -> Task:
        """Return the activity that was typed."""
        told = self.cleaned_data
        return Task(
            words=told["words"],
            key=told["key"],
            instructions=told["instructions"].replace("\r\n", "\n"),
            doer=doer(told["who"]),
            timing=_timing(told),
            starts_on=told["starts_on"],
            ends_on=told["ends_on"],
            template_key=told["template_key"],
        )


def _timing(told: dict[str, Any]) -> Timing | None:
    if told["unit"] == NO_TIMING:
        return None
    if told["unit"] == "once":
        return Timing()
    days = tuple(one for one in timing.WEEKDAYS if one in told["weekdays"])
    return Timing(told["times"], told["every"], told["unit"], days)


def doer(value: str) -> Doer:
    """Return who does it from the value of its choice: patient, carer, role:nurse, unit:…, staff:…"""
    who, _colon, what = value.partition(":")
    return Doer(
        who,
        role=what if who == "role" else "",
        unit_id=UUID(what) if who == "unit" else None,
        staff_id=UUID(what) if who == "staff" else None,
    )


def doer_value(one: Doer) -> str:
    """Return the value of the choice that stands for who does it."""
    what = one.role or one.unit_id or one.staff_id
    return f"{one.who}:{what}" if what else one.who


Goals = formset_factory(GoalForm, extra=1, max_num=40, absolute_max=60)
Tasks = formset_factory(TaskForm, extra=2, max_num=40, absolute_max=60)


class PlanForms:
    """The three parts of the page, bound or not, and what they say together."""

    def __init__(self, details: PlanDetails, *, doers: Choices, data: Any = None, today: date) -> None:
        lines = {"starts_on": today}
        self.plan = PlanForm(data, initial={"title": details.title, "description": details.description})
        self.goals: BaseFormSet[GoalForm] = Goals(data, prefix="goal", initial=[_goal(one) for one in details.aims])
        self.tasks: BaseFormSet[TaskForm] = Tasks(
            data, prefix="task", initial=[_task(one) for one in details.tasks], form_kwargs={"doers": doers}
        )
        for form in self.tasks.extra_forms:
            form.initial = {**lines, **form.initial}
        self.known = details

    @property
    def forms(self) -> list[forms.Form]:
        """Every form of the page, in its order."""
        return [self.plan, *self.goals.forms, *self.tasks.forms]

    def is_valid(self) -> bool:
        """Tell whether all of it can be read."""
        return all([self.plan.is_valid(), self.goals.is_valid(), self.tasks.is_valid()])

    def details(self) -> PlanDetails:
        """Return the plan that was typed; what was left out or left empty is not in it."""
        told = self.plan.cleaned_data
        return PlanDetails(
            title=told["title"],
            description=told["description"].replace("\r\n", "\n"),
            template=self.known.template,
            template_version=self.known.template_version,
            problem_ids=self.known.problem_ids,
            aims=tuple(form.aim() for form in _meant(self.goals)),
            tasks=tuple(form.task() for form in _meant(self.tasks)),
        )

    def because(self) -> Because:
        """Return why it differs."""
        reasons = {form.cleaned_data["key"]: form.cleaned_data["reason"] for form in _meant(self.goals)}
        return Because(self.plan.cleaned_data["because"], {key: why for key, why in reasons.items() if key and why})

    def refuse(self, keys: Iterable[str], field: str, words: Any) -> None:
        """Put words at a field of the goals of these keys."""
        for form in _meant(self.goals):
            if (form.cleaned_data["key"] or form.cleaned_data["words"]) in keys:
                form.add_error(field, words)


def _meant(formset: Any) -> list[Any]:
    return [form for form in formset.forms if form.cleaned_data.get("words") and not form.cleaned_data.get("drop")]


def _goal(one: Aim) -> dict[str, Any]:
    return {
        "key": one.key, "template_key": one.template_key, "words": one.words, "measure": one.measure,
        "measure_words": one.measure_words, "low": _plain(one.low), "high": _plain(one.high), "unit": one.unit,
        "due_on": one.due_on, "counts_for_days": one.counts_for_days, "note": one.note,
    }  # fmt: skip


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _task(one: Task) -> dict[str, Any]:
    often = one.timing
    unit = NO_TIMING if often is None else ("once" if often.unit == ONCE else often.unit)
    return {
        "key": one.key, "template_key": one.template_key, "words": one.words, "instructions": one.instructions,
        "who": doer_value(one.doer), "times": often.times if often else 1, "every": often.every if often else 1,
        "unit": unit, "weekdays": list(often.weekdays) if often else [], "starts_on": one.starts_on,
        "ends_on": one.ends_on,
    }  # fmt: skip
