"""What a patient types about something that is wrong."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 2000


class WrongForm(forms.Form):
    """What is wrong, and what should be there."""

    wrong = forms.CharField(
        label=_("What is wrong?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In your own words. For example: this operation was on the left knee."),
    )
    should_be = forms.CharField(
        label=_("What should be there instead?"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leave it empty if you do not know, or if nothing should be there."),
    )


class DisagreeForm(forms.Form):
    """A statement that stays with the line."""

    statement = forms.CharField(
        label=_("Why you disagree"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
