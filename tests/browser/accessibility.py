"""What axe, the width of a phone and a strict policy say about a page, in both themes and at every width."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).with_name("axe") / "axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Every rule in each theme and at each width, and what depends on both, the colours, in all four together.
LOOKS = (
    ((1440, 900), (("light", RULES), ("dark", COLOURS))),
    ((390, 844), (("dark", RULES), ("light", COLOURS))),
)
NARROWEST = (320, 640)

# A sign without a letter has no contrast of text; its words stand beside it.
UNDECIDED = ("Element content contains only non-text characters",)
# Words within a drawing of ours stand on the card, which axe does not see behind a drawing; theirs are the colours of
# text on a card, whose contrast is tested with the tokens.
DRAWN = "<text "
# A colour that is still on its way to the other theme is no fault of the page.
IN_THEME = """async (theme) => {
  document.documentElement.dataset.theme = theme;
  await new Promise(requestAnimationFrame);
  await Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished.catch(() => {})));
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SIDEWAYS = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
  ? [...document.querySelectorAll("body *")]
      .filter((el) => { const box = el.getBoundingClientRect();
        return box.width && (box.right > innerWidth + 1 || box.left < -1)
          && !el.closest(".scroll, .vh, .skip, details:not([open])"); })
      .slice(0, 5).map((el) => el.outerHTML.slice(0, 120))
  : []"""


def faults(page: Page, *, within: str = "") -> Iterator[str]:
    """Look at the open page in both themes and at every width; yield each fault in words.

    `within` narrows the look to an open menu or dialog, because what lies under it cannot be judged.

    The page is loaded once; theme and width change in place. A contrast that axe cannot decide is a fault too: an
    overlay once hid six real failures from it.
    """
    # axe comes in as a script of the test, past the page's policy, and leaves the page's own scripts alone.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for (width, height), themes in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        for theme, rules in themes:
            page.evaluate(IN_THEME, theme)
            yield from (f"{width} {theme}: {fault}" for fault in _by_axe(page, rules, within))
        yield from (f"{width}: sideways: {fault}" for fault in page.evaluate(SIDEWAYS))
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    page.evaluate(
        FRAMES
    )  # scripts fit their plots to the new width before the next frame, not before the next question
    yield from (f"{NARROWEST[0]}: sideways: {fault}" for fault in page.evaluate(SIDEWAYS))


def _by_axe(page: Page, rules: dict[str, Any], within: str) -> Iterator[str]:
    options = {"runOnly": rules, "resultTypes": ["violations", "incomplete"]}
    found: dict[str, Any] = page.evaluate(
        "([within, options]) => axe.run(within || document, options)", [within, options]
    )
    for rule in found["violations"]:
        for node in rule["nodes"]:
            yield f"{rule['id']} at {node['target']}: {node['failureSummary']}"
    for rule in found["incomplete"]:
        if rule["id"] != "color-contrast":
            continue
        for node in rule["nodes"]:
            why = next((one["message"] for one in node["any"]), "")
            if not why.startswith(UNDECIDED) and not node["html"].startswith(DRAWN):
                yield f"contrast undecided at {node['target']}: {why}"
