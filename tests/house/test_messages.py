"""The catalogues are in step with the source, and the tool that says so sees what is planted."""

from pathlib import Path

import polib
import pytest

from tests.house import messages, strings

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy, gettext_lazy

FIRST = gettext_lazy("Ward")
SECOND = pgettext_lazy("a month", "May")

def say(count, form):
    form.gettext("not ours")
    return _("Hello {name}, "
             "welcome") + ngettext("{n} bed", "{n} beds", count)
"""
TEMPLATE = """{% load i18n %}<p title="{% translate "A title" %}">{% translate 'It is "here"' %}</p>
{% blocktranslate with name=user.name count n=beds|length %}{{ name }} has one bed{% plural %}{{ name }} has\
 {{ n }} beds{% endblocktranslate %}
{% translate "May" context "a month" %}{% url "x" _("argument") %}{# {% translate "commented out" %} #}
<c-card title="{% translate "Inside a component" %}">{% blocktranslate trimmed %}
  Two
  lines
{% endblocktranslate %}</c-card>"""


def test_python_is_read_through_its_syntax_tree() -> None:
    assert sorted(strings.in_python(PYTHON, "x.py")) == [
        strings.Key("Hello {name}, welcome"),
        strings.Key("May", context="a month"),
        strings.Key("Ward"),
        strings.Key("{n} bed", plural="{n} beds"),
    ]


def test_a_template_is_read_as_django_reads_it() -> None:
    assert sorted(strings.in_template(TEMPLATE, "x.html")) == [
        strings.Key("%(name)s has one bed", plural="%(name)s has %(n)s beds"),
        strings.Key("A title"),
        strings.Key("Inside a component"),
        strings.Key('It is "here"'),
        strings.Key("May", context="a month"),
        strings.Key("Two lines"),
        strings.Key("argument"),
    ]


def test_a_text_put_together_at_run_time_is_refused() -> None:
    with pytest.raises(strings.NotConstant, match=r"x\.py:2: gettext\(\) needs its text written out"):
        list(strings.in_python("\ngettext(f'{name} is here')", "x.py"))


def test_a_new_string_a_dropped_one_and_a_broken_hole_are_seen(tmp_path: Path) -> None:
    before = {strings.Key("Hello {name}"): {"a.py"}, strings.Key("Gone"): {"a.py"}}
    assert len(list(messages.write(before, tmp_path))) == len(messages.LANGUAGES)
    assert list(messages.problems(before, tmp_path)) == []

    french = messages.catalogue("fr", tmp_path)
    catalogue = polib.pofile(str(french))
    catalogue.find("Hello {name}").msgstr = "Bonjour {nom}"
    catalogue.save()
    now = {strings.Key("Hello {name}"): {"a.py"}, strings.Key("New"): {"b.html"}}
    said = [line for line in messages.problems(now, tmp_path) if "/fr/" in line]
    name = f"{tmp_path.name}/fr/LC_MESSAGES/django.po"
    assert said == [
        f"{name}: lacks 'New' of b.html. Run: make messages",
        f"{name}: holds 'Gone', which nothing says any more. Run: make messages",
        f"{name}: 'Hello {{name}}' must have the holes ['{{name}}']",
        f"{name}: is not compiled as it stands. Run: make messages",
    ]


def test_what_was_translated_stays_and_is_compiled(tmp_path: Path) -> None:
    found = {strings.Key("Ward"): {"a.py"}, strings.Key("{n} bed", plural="{n} beds"): {"a.py"}}
    list(messages.write(found, tmp_path))
    path = messages.catalogue("ar", tmp_path)
    catalogue = polib.pofile(str(path))
    catalogue.find("Ward").msgstr = "جناح"
    catalogue.save()
    list(messages.write({**found, strings.Key("Bed"): {"a.py"}}, tmp_path))
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    assert [(entry.msgid, entry.msgstr) for entry in compiled] == [("Ward", "جناح")]
    assert len(polib.pofile(str(path)).find("{n} bed").msgstr_plural) == 6


def test_what_patients_read_is_asked_for_when_it_must_be_complete(tmp_path: Path) -> None:
    found = {
        strings.Key("Home"): {"ehospital/web/portal/shell.html"},
        strings.Key("Rota"): {"ehospital/web/staff/x.py"},
    }
    list(messages.write(found, tmp_path))
    assert list(messages.problems(found, tmp_path)) == []
    said = list(messages.problems(found, tmp_path, complete=True))
    assert [line.split(": ", 1)[1] for line in said] == ["'Home' is read by patients and not translated"] * 2


def test_the_catalogues_of_the_house_are_in_step() -> None:
    assert list(messages.problems(strings.in_tree(messages.ROOT / "ehospital"))) == []
