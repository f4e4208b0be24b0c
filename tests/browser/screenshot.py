"""`make screenshot`: the pictures of docs/images, taken of a hospital at work.

Uses the demo that runs on `--data`; when none runs there, it starts one of its own and removes it afterwards.
"""

import argparse
import base64
import contextlib
import json
import struct
import sys
import tempfile
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.visiting import enter
from tests.demo import Hospital

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
PLAYING_MS = 600_000
"""Within so long after a start every story of the ward has begun."""
MOST_BYTES = 400_000
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

# The 256 commonest colours of a screen are its own; what is left are shades at the edges of letters.
FEW_COLOURS = """async (png) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([pixel]) => pixel);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const known = palette.map(parts), nearest = new Map(palette.map((pixel, index) => [pixel, index]));
  const find = (pixel) => {
    const [r, g, b] = parts(pixel);
    let best = 0, least = Infinity;
    known.forEach(([kr, kg, kb], index) => {
      const far = (r - kr) ** 2 + (g - kg) ** 2 + (b - kb) ** 2;
      if (far < least) { least = far; best = index; }
    });
    nearest.set(pixel, best);
    return best;
  };
  const indices = Uint8Array.from(pixels, (pixel) => nearest.get(pixel) ?? find(pixel));
  let text = "";
  for (let at = 0; at < indices.length; at += 32768) text += String.fromCharCode(...indices.subarray(at, at + 32768));
  return { width: image.width, height: image.height, palette: known.flat(), indices: btoa(text) };
}"""


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return one chunk of a PNG file."""
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def small_png(page: Page, png: bytes) -> bytes:
    """Return the picture with 256 colours at most: a third of the bytes, and no difference to see."""
    told = page.evaluate(FEW_COLOURS, base64.b64encode(png).decode())
    width, height, indices = told["width"], told["height"], base64.b64decode(told["indices"])
    rows = b"".join(b"\0" + indices[row * width : (row + 1) * width] for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"PLTE", bytes(told["palette"])),
            chunk(b"IDAT", zlib.compress(rows, 9)),
            chunk(b"IEND", b""),
        )
    )


def keep(page: Page, name: str) -> None:
    """Write what the page shows into docs/images."""
    with page.context.browser.new_context() as blank:  # type: ignore[union-attr]
        picture = small_png(blank.new_page(), page.screenshot(animations="disabled"))
    if len(picture) > MOST_BYTES:
        sys.exit(f"{name} has {len(picture):,} bytes; at most {MOST_BYTES:,} belong into the repository")
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / name).write_bytes(picture)
    print(f"docs/images/{name}: {len(picture):,} bytes")


def entered(context: BrowserContext, role: str) -> Page:
    """Come in by the tour's button."""
    page = context.new_page()
    page.goto("/tour/")
    enter(page, role)
    return page


def take(browser: Browser, told: dict[str, Any]) -> None:
    """Take every picture: the board, the chart of the sickest patient, a patient's own page."""
    looks: dict[str, Any] = {"base_url": told["base_url"], "color_scheme": "light", "reduced_motion": "reduce"}
    with browser.new_context(viewport=WIDE, **looks) as context:
        page = entered(context, "nurse")
        page.goto(told["pages"]["ward_board"])
        expect(page.locator("#link")).to_have_text("Live")
        silent = page.locator(".alert.technical").filter(has_text="stopped sending")
        for wanted in (page.locator(".alert.high"), page.locator(".alert.medium"), silent):
            expect(wanted.first).to_be_visible(timeout=PLAYING_MS)
        keep(page, "ward-board.png")
        page.locator(".alert.high a").first.click()
        expect(page.locator(".plot canvas").first).to_be_visible()
        expect(page.locator("#link")).to_have_text("Live")
        keep(page, "chart.png")
    with browser.new_context(viewport=PHONE, device_scale_factor=2, **looks) as context:
        page = entered(context, "patient")
        page.goto(told["pages"]["portal"])
        expect(page.locator("main h1")).to_be_visible()
        keep(page, "portal.png")


def running(data: Path) -> dict[str, Any] | None:
    """Return what demo.json says of the hospital that runs on a folder; None when nothing answers there."""
    try:
        told: dict[str, Any] = json.loads((data / "demo.json").read_text())
        urllib.request.urlopen(told["base_url"], timeout=10).close()
    except (OSError, ValueError):
        return None
    return told


@contextlib.contextmanager
def hospital(data: Path) -> Iterator[dict[str, Any]]:
    """The hospital that runs on a folder, or one of our own for a while."""
    if told := running(data):
        yield told
        return
    folder = tempfile.TemporaryDirectory(dir="/var/tmp", prefix="ehospital-screenshot-")
    with folder as place, Hospital(Path(place) / "hospital") as ours:
        yield ours.told


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(prog="make screenshot", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var/demo"), help="the data folder of a running demo")
    asked = parser.parse_args()
    with hospital(asked.data) as told, sync_playwright() as playwright:
        program = str(chromium.ensure(may_install=False))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        take(browser, told)
        browser.close()


if __name__ == "__main__":
    main()
