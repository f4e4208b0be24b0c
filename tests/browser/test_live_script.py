"""`live.js` in a real browser, at the end of a line that the test holds: it patches, and never pretends to be live."""

import time
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.utils import translation
from playwright.sync_api import Page, expect

from ehospital.web.kit.board import AlertCard, BedCard, BedState, tally
from ehospital.web.kit.news import chip
from ehospital.web.kit.styleguide import samples
from ehospital.web.kit.vitals import vital
from tests.browser.line import Line
from tests.unit.web import drawing

# How long a page may take on a machine that runs every other test beside it; what holds at once waits no longer.
expect.set_options(timeout=20_000)

PAGE = """{% extends "staff/shell.html" %}
{% block page_css %}<link rel="stylesheet" href="{% static "css/board.css" %}">
{% endblock %}{% block content %}<h1>Board</h1>
<section id="alerts" aria-label="Alerts" hx-get="/fragment/" hx-trigger="alert from:body, catchup from:body"
 hx-target="this" hx-swap="innerHTML"></section>
<ul data-tally-of="board">{% for one in tally %}<li><b data-tally="{{ one.news.band }}">{{ one.count }}</b></li>
{% endfor %}</ul><div class="board" id="board">{% for bed in beds %}<c-bed :bed="bed" />{% endfor %}</div>
{% endblock %}"""
WELL = {"rr": 15, "spo2": 97, "oxygen": 0, "sbp": 128, "dbp": 76, "hr": 71, "temp": 36.8}
ZERO = {"score": 0, "band": "zero", "partial": False, "missing": [], "trend": "steady"}


def beds() -> list[BedCard]:
    """Two occupied beds, one of them without a known score, and an empty one."""
    signs = tuple(vital(key, None) for key in ("rr", "spo2", "sbp", "hr", "temp"))
    known = (vital("rr", 15), vital("spo2", 97, oxygen_l_min=0), vital("sbp", 120, second=70), vital("hr", 70))
    return [
        BedCard(
            "b1", "A1", BedState.LIVE, patient_id="p1", name="Sample, A", url="#", news=chip(2, "low"), vitals=known
        ),
        BedCard("b2", "A2", BedState.SILENT, "No signal", "p2", "Sample, B", "#", "", chip(None), signs),
        BedCard("b3", "A3", BedState.EMPTY),
    ]


@pytest.fixture
def line(settings: LazySettings) -> Iterator[Line]:
    """The line, with a board at its end."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    live = {"url": "/live/?ticket=first", "renew": "/renew/"}
    with translation.override("en"):
        held = Line(drawing.drawn(PAGE, beds=beds(), tally=tally(beds()), live=live))
    yield held
    held.close()


@pytest.fixture
def board(page: Page, line: Line) -> Page:
    """The open board, with a first beat heard; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(line.url)
    beat(line)
    expect(page.locator("#link")).to_have_text("Live")
    page.evaluate("window.heard = []; for (const name of ['alert', 'catchup']) "
                  "document.body.addEventListener(name, (event) => { heard.push([name, event.detail]); "
                  "document.body.dataset.heard = heard.length; })")  # fmt: skip
    assert complaints == []
    return page


def test_what_happened_before_the_stream_opened_is_fetched_when_it_opens(page: Page, line: Line) -> None:
    """An alert may open between the drawing of a page and its first beat; nobody would tell the page of it again."""
    alert = AlertCard("a1", "high", "NEWS2 9", samples.NOW, "now", "Emergency response", bed_code="A1")
    with translation.override("en"):
        line.fragment = drawing.drawn('<c-alert :alert="alert" />', alert=alert)
    page.goto(line.url)
    expect(page.locator("#link")).to_have_text("Connecting")
    assert line.fragments_asked == 0
    beat(line)
    expect(page.locator("[data-alert-id=a1]")).to_be_visible()
    assert line.fragments_asked == 1


def now_ms() -> int:
    return int(time.time() * 1000)


def beat(line: Line) -> None:
    line.say("beat", at=now_ms())


def vitals(line: Line, **more: object) -> None:
    message = {"bed": "b1", "patient": "p1", "at": now_ms(), "v": WELL, "parts": {}, "news": ZERO, "state": "live"}
    line.say("vitals", **{**message, **more})


def test_values_points_and_score_are_patched(board: Page, line: Line) -> None:
    sick = {"score": 9, "band": "high", "partial": False, "missing": [], "trend": "up"}
    parts = {"hr": 2, "spo2": 2, "oxygen": 2}
    vitals(line, v={**WELL, "hr": 114.4, "spo2": 93, "oxygen": 2}, parts=parts, news=sick)
    bed = board.locator("#bed-A1")
    expect(bed.locator("[data-k=hr]")).to_have_text("114")
    expect(bed.locator("[data-k=dbp]")).to_have_text("76")
    expect(bed.locator("[data-cell=hr] [data-dots]")).to_have_text("••")
    expect(bed.locator("[data-cell=spo2] [data-dots]")).to_have_text("••••")
    expect(bed.locator("[data-cell=spo2]")).to_have_attribute("data-s", "2")
    expect(bed.locator("[data-oxygen]")).to_be_visible()
    expect(bed.locator("[data-news]")).to_have_attribute("data-band", "high")
    expect(bed.locator("[data-news-mark]")).to_have_text("!!")
    expect(bed.locator("[data-news-words]")).to_have_text("NEWS2 score 9, high risk, rising")
    expect(bed).to_have_attribute("data-band", "high")
    expect(board.locator("[data-tally=high]")).to_have_text("1")
    expect(board.locator("[data-tally=low]")).to_have_text("0")


def test_a_silent_bed_turns_to_a_question_mark_and_is_counted_apart(board: Page, line: Line) -> None:
    vitals(line)
    expect(board.locator("[data-tally=zero]")).to_have_text("1")
    vitals(line, at=now_ms() + 1, state="silent", v={})
    expect(board.locator("#bed-A1 [data-news-text]")).to_have_text("?")
    expect(board.locator("#bed-A1 [data-bed-text]")).to_have_text("No signal")
    expect(board.locator("#bed-A1 [data-news-words]")).to_have_text("NEWS2 score not known, No signal")
    expect(board.locator("[data-tally=zero]")).to_have_text("0")
    expect(board.locator("[data-tally=unknown]")).to_have_text("2")


@pytest.mark.parametrize(("score", "band", "shown"), [(0, "zero", "?"), (3, "low", "?"), (7, "high", "7?")])
def test_an_incomplete_set_never_reassures(board: Page, line: Line, score: int, band: str, shown: str) -> None:
    partial = {"score": score, "band": band, "partial": True, "missing": ["temp", "spo2"], "trend": "up"}
    vitals(line, v={**WELL, "spo2": None}, news=partial, state="partial")
    expect(board.locator("#bed-A1 [data-news-text]")).to_have_text(shown)
    expect(board.locator("#bed-A1 [data-cell=spo2]")).to_have_attribute("data-state", "missing")
    expect(board.locator("#bed-A1 [data-k=spo2]")).to_have_text("?")
    expect(board.locator("#bed-A1 [data-bed-text]")).to_have_text("Incomplete")


def test_what_comes_over_the_line_is_text(board: Page, line: Line) -> None:
    vitals(line, v={**WELL, "rr": "<img src=x onerror=alert(1)>"})
    expect(board.locator("#bed-A1 [data-k=rr]")).to_have_text("<img src=x onerror=alert(1)>")
    assert board.locator("#bed-A1 img").count() == 0


def test_an_older_message_and_another_patients_change_nothing(board: Page, line: Line) -> None:
    vitals(line, v={**WELL, "hr": 80})
    expect(board.locator("#bed-A1 [data-k=hr]")).to_have_text("80")
    vitals(line, at=now_ms() - 60_000, v={**WELL, "hr": 40})
    vitals(line, at=now_ms() + 1, patient="somebody else", v={**WELL, "hr": 41})
    vitals(line, bed="b2", patient="p2", v={**WELL, "hr": 99})
    expect(board.locator("#bed-A2 [data-k=hr]")).to_have_text("99")
    assert board.locator("#bed-A1 [data-k=hr]").inner_text() == "80"
    expect(board.locator("body")).to_have_attribute("data-heard", "1")
    assert board.evaluate("heard.map(([name]) => name)") == ["catchup"]


def test_a_message_for_a_free_bed_fetches_the_board_and_puts_no_number_on_it(board: Page, line: Line) -> None:
    before = board.locator("[data-bed=b3]").evaluate("(bed) => bed.outerHTML")
    vitals(line, bed="b3", patient="p3")
    expect(board.locator("body")).to_have_attribute("data-heard", "1")
    assert board.evaluate("heard.map(([name]) => name)") == ["catchup"]
    assert board.locator("[data-bed=b3]").evaluate("(bed) => bed.outerHTML") == before


def test_a_card_without_a_name_is_never_patched(board: Page, line: Line) -> None:
    board.locator("#bed-A1").evaluate("(bed) => bed.setAttribute('data-patient', '')")
    vitals(line, v={**WELL, "hr": 99})
    expect(board.locator("body")).to_have_attribute("data-heard", "1")
    assert board.locator("#bed-A1 [data-k=hr]").inner_text() == "70"


def test_a_line_that_falls_quiet_is_called_stale_and_looks_it(board: Page, line: Line) -> None:
    vitals(line, v={**WELL, "hr": 114}, parts={"hr": 2})
    expect(board.locator("#bed-A1 [data-cell=hr]")).to_have_attribute("data-s", "2")
    expect(board.locator("#link")).to_have_text("Stale")
    expect(board.locator("[data-stale-words]")).to_contain_text("No live data since")
    expect(board.locator("[data-stale-words]")).to_be_visible()
    look = "(el) => [getComputedStyle(el).fontWeight, getComputedStyle(el.closest('.vital')).backgroundColor]"
    assert board.locator("#bed-A1 [data-k=hr]").evaluate(look) == ["400", "rgba(0, 0, 0, 0)"]
    beat(line)
    expect(board.locator("#link")).to_have_text("Live")
    expect(board.locator("[data-stale-words]")).to_be_hidden()
    assert board.evaluate("heard.map(([name]) => name)") == ["catchup"]


def test_a_beat_that_comes_late_does_not_count_as_life(board: Page, line: Line) -> None:
    for _ in range(3):
        line.say("beat", at=now_ms() - 30_000)
    expect(board.locator("#link")).to_have_text("Stale")


def test_a_broken_line_is_taken_up_again_with_a_new_ticket(board: Page, line: Line) -> None:
    line.hang_up()
    expect(board.locator("#link")).to_have_text("Reconnecting")
    beat(line)
    expect(board.locator("#link")).to_have_text("Live")
    assert line.tickets == ["/live/?ticket=first", "/live/?ticket=2"]
    assert board.evaluate("heard.map(([name]) => name)") == ["catchup"]


@pytest.mark.parametrize("event", ["resync", "bed"])
def test_what_was_lost_or_moved_is_fetched_again_at_once(board: Page, line: Line, event: str) -> None:
    line.say(event, bed="b1")
    line.say(event, bed="b1")
    expect(board.locator("body")).to_have_attribute("data-heard", "2")
    assert board.evaluate("heard.map(([name]) => name)") == ["catchup", "catchup"]


def test_whoever_is_signed_out_is_told_so(board: Page, line: Line) -> None:
    line.renewal = line.renewal.__class__.UNAUTHORIZED
    line.hang_up()
    expect(board.locator("#link")).to_have_text("Signed out")
    expect(board.locator("[data-stale-words]")).to_contain_text("Sign in again")


def test_an_alert_is_fetched_and_announced_once(board: Page, line: Line) -> None:
    alert = AlertCard("a1", "high", "NEWS2 9", samples.NOW, "now", "Emergency response", bed_code="A1")
    with translation.override("en"):
        line.fragment = drawing.drawn('<c-alert :alert="alert" />', alert=alert)
    line.say("alert", alert="a1", patient="p1", bed="b1", state="opened")
    expect(board.locator("[data-alert-id=a1]")).to_be_visible()
    expect(board.locator("#say-now")).to_have_text("A1, Emergency response, NEWS2 9")
    assert board.evaluate("heard[0]") == ["alert", {"alert": "a1", "patient": "p1", "bed": "b1", "state": "opened"}]
    board.evaluate("document.getElementById('say-now').textContent = ''")
    line.say("alert", alert="a1", patient="p1", bed="b1", state="updated")
    vitals(line)
    expect(board.locator("#bed-A1 [data-k=hr]")).to_have_text("71")
    assert board.locator("#say-now").inner_text() == ""


def test_whoever_counts_the_waiting_alerts_is_told_when_one_is_taken_on(board: Page, line: Line) -> None:
    with translation.override("en"):
        line.fragment = drawing.drawn(
            '<c-alert :alert="alert" />',
            alert=AlertCard("a1", "high", "NEWS2 9", samples.NOW, acknowledge_url="/taken/"),
        )
        taken = drawing.drawn(
            '<c-alert :alert="alert" />', alert=AlertCard("a1", "high", "NEWS2 9", samples.NOW, state="acknowledged")
        )
    line.say("alert", alert="a1", patient="p1", bed="b1", state="opened")
    board.route("**/taken/", lambda route: route.fulfill(body=taken, content_type="text/html"))
    board.evaluate("document.body.addEventListener('taken', () => { document.body.dataset.taken = 'yes'; })")
    board.get_by_role("button", name="Acknowledge").click()
    expect(board.locator("body")).to_have_attribute("data-taken", "yes")
    expect(board.locator("[data-alert-id=a1]")).to_have_attribute("data-state", "acknowledged")


def test_the_browser_and_the_server_write_the_same_chip(board: Page, line: Line) -> None:
    """One rule in two languages: whatever the server would draw, the script draws."""
    at = now_ms()
    cases = [
        (score, band, partial, state)
        for score, band in [(0, "zero"), (3, "low"), (3, "lowmed"), (6, "medium"), (9, "high"), (None, "unknown")]
        for partial in (False, True)
        for state in ("live", "silent")
    ]
    for step, (score, band, partial, state) in enumerate(cases):
        missing = ["temp"] if partial else []
        news = {"score": score, "band": band, "partial": partial, "missing": missing, "trend": "down"}
        vitals(line, at=at + step, v={"hr": 100 + step}, news=news, state=state)
        expect(board.locator("#bed-A1 [data-k=hr]")).to_have_text(str(100 + step))
        drawn = chip(score, band, trend="down", partial=partial, missing=missing, silent=state == "silent")
        shown = board.locator("#bed-A1 [data-news]").evaluate(
            "(chip) => ['text', 'mark', 'arrow', 'words']"
            ".map((part) => chip.querySelector(`[data-news-${part}]`).textContent)"
        )
        assert shown == [drawn.text, drawn.mark, drawn.arrow, drawn.words], (score, band, partial, state)
        assert board.locator("#bed-A1 [data-news]").get_attribute("data-band") == drawn.band
