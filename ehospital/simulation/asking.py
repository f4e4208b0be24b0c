"""What patients of the demo hospital say is wrong in their records: two requests that wait for an answer."""

from datetime import datetime, timedelta

from ehospital.clinical import actions
from ehospital.people import access
from ehospital.simulation.arriving import Arrived

DETAILS_AGO, PROBLEM_AGO = timedelta(days=26), timedelta(days=2)


def ask(one: Arrived, *, at: datetime) -> None:
    """Have a patient ask for two corrections: of the details, due soon, and of a health problem."""
    name = one.history.person.details.names[0]
    called = f"{name.family.upper()}, {name.given}"
    early, late = (access.of_patient(one.id, name=called, at=at - ago) for ago in (DETAILS_AGO, PROBLEM_AGO))
    wrong, right = "My telephone number has changed.", "The one that ends in 47, please."
    actions.ask_for_correction(one.id, wrong=wrong, should_be=right, by=early, at=early.at)
    if problems := one.history.record.problems:
        line = {"kind": "problems", "entry_id": problems[0].id}
        wrong = "It began two years earlier than you wrote."
        actions.ask_for_correction(one.id, **line, wrong=wrong, by=late, at=late.at)  # type: ignore[arg-type]
