"""What is typed about orders, and how it becomes `OrderDetails`."""

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext_lazy as _

from ehospital.clinical import orderables
from ehospital.clinical.models import Order
from ehospital.clinical.order_details import OrderDetails
from ehospital.clinical.orderables import Orderable
from ehospital.people.models import Unit

WRITTEN = "%Y-%m-%dT%H:%M"


class OrderForm(forms.Form):
    """What counts for all that is ordered together; what is ordered are the ticked rows of the catalogue."""

    priority = forms.ChoiceField(label=_("Priority"), choices=Order.Priority.choices, initial="routine")
    occurs_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("Left empty: now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WRITTEN),
        input_formats=[WRITTEN, "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M"],
    )
    reason = forms.CharField(
        label=_("Reason, or question to be answered"),
        max_length=1000,
        required=False,
        help_text=_("Whoever performs it reads this."),
    )
    performer = forms.ModelChoiceField(
        label=_("Unit that is asked"),
        queryset=Unit.objects.order_by("name", "id"),
        required=False,
        help_text=_("Only for a referral."),
    )
    note = forms.CharField(
        label=_("Remarks"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def details(self, items: Sequence[str], *, batch: UUID) -> list[OrderDetails]:
        """Return one order for each item; the same page sends the same ids, however often."""
        told = self.cleaned_data
        return [
            OrderDetails(
                id=uuid5(batch, item),
                item=item,
                priority=told["priority"],
                occurs_at=told["occurs_at"],
                reason=told["reason"],
                note=told["note"].replace("\r\n", "\n"),
                performer_id=told["performer"].pk if told["performer"] else None,
            )
            for item in items
        ]


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.CharField(
        label=_("Why is it cancelled?"), max_length=1000, help_text=_("Whoever was to perform it reads this.")
    )


class SeenForm(forms.Form):
    """What somebody says who has read a result."""

    comment = forms.CharField(
        label=_("Comment"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    follow_up = forms.CharField(
        label=_("What follows"), max_length=1000, required=False, help_text=_("For example: repeat at 18:00.")
    )


def groups(shown: Iterable[Orderable]) -> list[tuple[str, list[Orderable]]]:
    """Return rows of the catalogue by kind, in words."""
    rows = list(shown)
    found = [(str(kind.label), [one for one in rows if one.kind == kind]) for kind in Order.Kind]
    return [(label, each) for label, each in found if each]


def chosen(values: Iterable[str]) -> list[str]:
    """Return the keys of the catalogue among what was ticked, each once."""
    return [key for key in dict.fromkeys(values) if key in orderables.catalogue()]


def batch_of(text: str, fresh: UUID) -> UUID:
    """Return the number of the page as it was sent; a new one when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return fresh
