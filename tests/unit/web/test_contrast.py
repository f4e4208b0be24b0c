"""Every pair of colour tokens that meets on a screen is told apart, in both themes, as the style sheet stands."""

import pytest

from ehospital.web.kit.styleguide import contrast


@pytest.mark.parametrize("pair", contrast.measured(), ids=lambda pair: f"{pair.theme}-{pair.fore}-on-{pair.ground}")
def test_a_pair_is_told_apart(pair: contrast.Measured) -> None:
    assert pair.ratio >= pair.wanted, f"{pair.fore_value} on {pair.ground_value} is {pair.ratio:.2f}:1"


def test_the_ratio_is_that_of_wcag() -> None:
    assert contrast.ratio("#000", "#ffffff") == pytest.approx(21.0)
    assert contrast.ratio("#767676", "#fff") == pytest.approx(4.54, abs=0.005)
    assert contrast.ratio("#123456", "#123456") == 1.0


def test_the_dark_tokens_asked_for_and_those_of_the_system_are_the_same() -> None:
    found = dict(contrast.blocks(contrast.SHEET.read_text()))
    assert found[":root[data-theme=dark]"] == found[":root:not([data-theme])"]
    assert len(found[":root[data-theme=dark]"]) > 40


def test_every_dark_token_has_a_light_one() -> None:
    found = dict(contrast.blocks(contrast.SHEET.read_text()))
    assert set(found[":root[data-theme=dark]"]) == set(found[":root"])


def test_the_score_bands_are_ordered_by_luminance() -> None:
    """Darker means sicker by day, brighter means sicker by night: the order survives greyscale."""
    light, dark = (contrast.themes()[theme] for theme in ("light", "dark"))
    by_day = [contrast.luminance(light[f"n{band}-bg"]) for band in range(5)]
    by_night = [contrast.luminance(dark[f"n{band}-bg"]) for band in range(5)]
    assert by_day == sorted(by_day, reverse=True)
    assert by_night == sorted(by_night)


def test_a_pair_that_fails_is_seen() -> None:
    sheet = ":root{--ink:#777777;--card:#ffffff}@media screen{:root[data-theme=dark]{--ink:#111}}"
    light, dark = contrast.themes(sheet).values()
    assert contrast.ratio(light["ink"], light["card"]) < contrast.TEXT
    assert dark == {"ink": "#111", "card": "#ffffff"}
