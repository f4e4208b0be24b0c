"""`make screenshot`: the pictures of the README, taken from a demo that runs (`make demo`) on the same data folder."""

import argparse
import json
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PATIENCE_MS = 240_000


def main() -> int:
    """Wait until something happens on the ward, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var/demo"))
    file = parser.parse_args().data / "demo.json"
    if not file.exists():
        sys.stderr.write(f"no demo runs on {file.parent}: start one with `make demo`, and call this beside it\n")
        return 1
    demo = json.loads(file.read_text())
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium.ensure(may_install=False)),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        _sign_in(page, demo, "nurse")
        page.goto(demo["base_url"] + demo["pages"]["ward_board"])
        page.locator("[data-alert-id][data-priority=high]").first.wait_for(timeout=PATIENCE_MS)
        page.locator("#link[data-state=live]").wait_for(timeout=PATIENCE_MS)
        page.screenshot(path=IMAGES / "ward-board.png")
        page.goto(demo["base_url"] + demo["pages"]["chart"])
        page.locator(".plot canvas").first.wait_for(timeout=PATIENCE_MS)
        page.screenshot(path=IMAGES / "chart.png")
        browser.close()
    return 0


def _sign_in(page: Page, demo: dict[str, dict[str, dict[str, str]]], role: str) -> None:
    page.goto(f"{demo['base_url']}/accounts/login/")
    page.fill("input[name=login]", demo["sign_ins"][role]["username"])
    page.fill("input[name=password]", demo["sign_ins"][role]["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)


if __name__ == "__main__":
    sys.exit(main())
