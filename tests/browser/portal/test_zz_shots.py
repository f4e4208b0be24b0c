import os, pytest
from pathlib import Path

OUT = Path("/var/tmp/shots")
OUT.mkdir(exist_ok=True)
from ehospital.web.portal.plain_results import key_of

PAGES = {
    "home": "/portal/",
    "record": "/portal/record/",
    "results": "/portal/record/results/",
    "series": f"/portal/record/results/{key_of('http://loinc.org|2823-3')}/",
    "looked": "/portal/access/?who=all",
    "details": "/portal/details/",
    "print": "/portal/record/print/",
    "visits": "/portal/record/visits/",
}
WANT = os.environ.get("WANT", "").split(",") if os.environ.get("WANT") else list(PAGES)


@pytest.mark.parametrize(
    "lang,theme,width",
    [
        ("en", "light", 1440),
        ("en", "light", 390),
        ("en", "dark", 390),
        ("ar", "light", 390),
        ("ar", "dark", 1440),
        ("fr", "light", 1440),
    ],
)
def test_shot(window, lang, theme, width):
    if os.environ.get("ONLY") and f"{lang}-{theme}-{width}" not in os.environ["ONLY"].split(","):
        return
    c = window(
        os.environ.get("WHO", "amina"),
        language=lang,
        color_scheme=theme,
        viewport={"width": width, "height": 900 if width > 1000 else 844},
    )
    p = c.new_page()
    for name in WANT:
        p.goto(PAGES[name])
        p.wait_for_load_state("networkidle")
        p.screenshot(path=OUT / f"{os.environ.get('WHO', 'amina')}-{name}-{lang}-{theme}-{width}.png", full_page=True)

def test_paper(window):
    if not os.environ.get("PAPER"): return
    p=window(viewport={"width":800,"height":1100}).new_page(); p.goto(PAGES["print"]); p.emulate_media(media="print"); p.screenshot(path=OUT/"paper.png")
    print(len(p.pdf(path=OUT/"paper.pdf")))
    p=window(viewport={"width":390,"height":844},device_scale_factor=2,language="ar").new_page(); p.goto(PAGES["home"]); p.locator("#results").screenshot(path=OUT/"ar-res.png")
    p=window("hamid",viewport={"width":390,"height":844},device_scale_factor=1).new_page(); p.goto(PAGES["home"]); p.screenshot(path=OUT/"hamid.png",full_page=True)
    p=window("hamid",viewport={"width":1440,"height":844},device_scale_factor=1).new_page(); p.goto(PAGES["home"]); p.screenshot(path=OUT/"hamid-1440.png",full_page=True)
    p=window("amina",viewport={"width":1440,"height":844},device_scale_factor=1).new_page(); p.goto("/portal/record/"); p.get_by_role("link",name="Letter after your visit").click(); p.screenshot(path=OUT/"letter.png",full_page=True)
