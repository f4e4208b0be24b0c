"""The style guide's page."""

import re
from pathlib import Path

from django.http import HttpResponse
from django.shortcuts import render

from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.styleguide import contrast, samples

_SPRITE = Path(__file__).resolve().parents[2] / "static" / "icons" / "sprite.svg"


@page(Permission.NONE_NEEDED)
def styleguide(request: PageRequest) -> HttpResponse:
    """Show every token and component. The prose is for builders and stays English; the components are translated."""
    themes = contrast.themes()
    tokens = [(name, themes["light"][name], themes["dark"][name]) for name in themes["light"]]
    icons = re.findall(r'<symbol id="([^"]+)"', _SPRITE.read_text())
    context = {"tokens": tokens, "pairs": contrast.measured(), "icons": icons, **samples.everything()}
    return render(request, "kit/styleguide/page.html", context)
