"""What differs between two plans, in words, for whoever came second."""

from collections.abc import Iterable
from datetime import UTC, datetime

from ehospital.clinical.models import PlanChange
from ehospital.clinical.policies.plan_changes import Change
from ehospital.web.kit.plans import change_shown
from ehospital.web.staff.chart.comparing import Difference

_NEVER = datetime.min.replace(tzinfo=UTC)


def differences(found: Iterable[Change]) -> list[Difference]:
    """Return each difference: what stands now, and what was typed."""
    lines = []
    for one in found:
        told = change_shown(
            PlanChange(
                step=PlanChange.Step.ADAPTED, about=one.about, field=one.field, before=one.before, after=one.after,
                at=_NEVER,
            )
        )  # fmt: skip
        label = f"{told.title} · {told.field}" if told.field else told.title
        lines.append(Difference(label, told.before, told.after))
    return lines
