"""The tour speaks its visitor's language, the stories of the simulation included."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import translation

from ehospital.simulation.plots import STORIES
from ehospital.web.display.tour import guide, hospital


@pytest.fixture
def playing(tmp_path: Path, settings: LazySettings) -> None:
    """What the simulation tells of itself while every story plays."""
    told = [{"bed": "A1", "title": one.title, "sentence": one.sentence} for one in STORIES.values()]
    (tmp_path / "seed.json").write_text(json.dumps({"stories": told}))
    settings.DATA = tmp_path


@pytest.mark.usefixtures("playing")
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_story_is_told_in_the_visitors_language(language: str) -> None:
    with translation.override(language):
        told = hospital.stories()
    for one, story in zip(told, STORIES.values(), strict=True):
        assert one.sentence != story.sentence, story.key
        assert one.title != story.title or story.title in {"Sepsis", "Stable"}, story.key  # the same word in French


@pytest.mark.usefixtures("playing")
def test_a_story_is_told_as_it_was_written_in_english() -> None:
    assert [one.sentence for one in hospital.stories()] == [story.sentence for story in STORIES.values()]


def test_a_stop_promises_the_page_that_its_role_starts_on() -> None:
    """Whoever only searches is not promised a list of patients."""
    sees = {stop.role: str(stop.sees) for stop in guide.STOPS}
    assert sees["pharmacist"] == "Find a patient"
