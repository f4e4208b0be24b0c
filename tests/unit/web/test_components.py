"""Components as they come out: what must be in the page is in the page, and what people type stays text."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django import forms
from django.http import HttpRequest

from ehospital.web.kit.board import AlertCard, BedCard, BedState, Flag, due
from ehospital.web.kit.news import chip
from ehospital.web.kit.styleguide import samples
from ehospital.web.kit.vitals import vital
from tests.unit.web.conftest import Draw

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVIL = '"><script>alert(1)</script>\'" onmouseover="x'


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_silent_bed_shows_a_question_mark_and_says_so(draw: Draw) -> None:
    bed = BedCard(
        "b1", "A1", BedState.SILENT, state_words="No signal 6 min", patient_id="p1", name="Sample, A", url="/x/",
        news=chip(0, "zero", silent=True), vitals=(vital("hr", 72),), due=due(None),
    )  # fmt: skip
    html = draw('<c-bed :bed="bed" />', bed=bed)
    assert 'data-bed="b1"' in html
    assert 'data-patient="p1"' in html
    assert 'data-band="unknown"' in html
    assert 'data-state="silent"' in html
    assert "No signal 6 min" in html
    assert re.search(r"data-news-text[^>]*>\?<", html)
    assert not re.search(r"data-news-text[^>]*>0<", html)


def test_every_safety_flag_is_written_out(draw: Draw) -> None:
    flags = tuple(Flag(text) for text in ("Falls", "Isolation", "Nil by mouth", "One-to-one care", "Swallowing risk"))
    html = draw('<c-bed :bed="bed" />', bed=BedCard("b", "A1", BedState.LIVE, patient_id="p", name="S", flags=flags))
    assert [flag.text for flag in flags if flag.text in html] == [flag.text for flag in flags]
    assert not re.search(r"\+\d", words(html))


def test_an_empty_bed_is_no_patient(draw: Draw) -> None:
    html = draw('<c-bed :bed="bed" />', bed=BedCard("b", "A1", BedState.EMPTY, state_words="Cleaning"))
    assert "Cleaning" in html
    assert "data-patient" not in html
    assert "data-vitals" not in html


@pytest.mark.parametrize(
    ("owner", "person", "shown"),
    [("", True, "Owner: nobody yet"), ("Ward 4", False, "Owner: Ward 4"), ("In charge", True, "Owner: In charge")],
)
def test_an_alert_always_shows_its_owner(draw: Draw, owner: str, person: bool, shown: str) -> None:
    alert = AlertCard("a1", "high", "NEWS2 9", NOON, owner=owner, owner_is_person=person, acknowledge_url="/ack/")
    html = draw('<c-alert :alert="alert" />', alert=alert)
    assert shown in words(html)
    assert 'data-alert-id="a1"' in html
    assert ("nobody" in html) == (not owner or not person)
    assert '<form method="post" action="/ack/"' in html
    assert "csrfmiddlewaretoken" in html


def test_what_was_acknowledged_cannot_be_acknowledged_again(draw: Draw) -> None:
    alert = AlertCard("a1", "high", "NEWS2 9", NOON, state="acknowledged", owner="X", acknowledge_url="/ack/")
    assert "<form" not in draw('<c-alert :alert="alert" />', alert=alert)


def test_the_three_facts_about_allergies_differ(draw: Draw) -> None:
    listed, none, unknown = (
        words(draw('<c-banner :patient="patient" />', patient=patient)) for patient in samples.banners()
    )
    assert "Penicillin : Anaphylaxis (severe)" in listed
    assert "No known allergies" in none
    assert "Allergies not recorded" in unknown
    assert "No known allergies" not in unknown
    assert "not recorded" not in none


def test_the_name_of_a_medicine_is_one_piece_and_not_translated(draw: Draw) -> None:
    html = draw('<c-medicine name="{{ name }}" dose="1 L" />', name="Sodium chloride 0.9%")
    assert '<span class="drug" translate="no">Sodium chloride 0.9%</span>' in html
    assert '<bdi dir="ltr" class="num">1 L</bdi>' in html


@pytest.mark.parametrize(
    "source",
    [
        '<c-btn data-name="{{ evil }}">{{ evil }}</c-btn>',
        '<c-btn :data-name="evil" label="{{ evil }}" />',
        '<c-tag :title="evil">{{ evil }}</c-tag>',
        '<c-card title="{{ evil }}" :data-x="evil">{{ evil }}</c-card>',
        '<c-medicine name="{{ evil }}" dose="{{ evil }}" />',
        '<c-event when="{{ evil }}" by="{{ evil }}">{{ evil }}</c-event>',
        '<c-person name="{{ evil }}" />',
        '<c-datum label="{{ evil }}">{{ evil }}</c-datum>',
    ],
)
def test_what_people_typed_stays_text(draw: Draw, source: str) -> None:
    html = draw(source, evil=EVIL)
    assert "<script" not in html
    assert not re.search(r"<[^>]*\sonmouseover\s*=\s*\"", re.sub(r'"[^"]*"', '""', html))


def test_a_bed_and_an_alert_keep_what_people_typed_as_text(draw: Draw) -> None:
    bed = BedCard(EVIL, EVIL, BedState.LIVE, EVIL, EVIL, EVIL, "/x/", EVIL, chip(1, "low"), flags=(Flag(EVIL),))
    alert = AlertCard(EVIL, "high", EVIL, NOON, patient_name=EVIL, owner=EVIL, url="/x/")
    for html in (draw('<c-bed :bed="bed" />', bed=bed), draw('<c-alert :alert="alert" />', alert=alert)):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


class Two(forms.Form):
    """Two fields, one compulsory."""

    family = forms.CharField(label="Family name", help_text="As on the card.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    how = forms.ChoiceField(label="How", choices=[("a", "A")], widget=forms.RadioSelect)


def test_a_form_that_comes_back_keeps_what_was_typed_and_links_its_errors() -> None:
    html = str(Two({"family": "", "note": EVIL}))
    assert html.index('class="summary"') < html.index('name="family"')
    assert 'href="#id_family"' in html
    assert 'href="#id_how_0"' in html
    assert 'id="id_family_error"' in html
    assert 'aria-describedby="id_family_helptext id_family_error"' in html
    assert 'aria-invalid="true"' in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html


def test_a_new_form_shows_no_summary() -> None:
    html = str(Two())
    assert "summary" not in html
    assert words(html).startswith("Family name As on the card.")
    assert "Note (optional)" in words(html)


def test_pages_of_a_list_keep_what_was_asked(draw: Draw, request_of: Callable[..., HttpRequest]) -> None:
    html = draw(
        '<c-pagination :page="page" />', request_of("/x/?q=a%26b&page=4"), page=samples.everything()["page_obj"]
    )
    assert 'href="/x/?q=a%26b&amp;page=5"' in html


def test_the_whole_style_guide_is_drawn(client: object) -> None:
    html = client.get("/styleguide/").content.decode()  # type: ignore[attr-defined]
    assert html.count("<c-") == 0
    assert html.count("data-news ") > 15
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert [one for one in ids if ids.count(one) > 1] == []
