"""Every address declares who may open it."""

from pathlib import Path

from django.urls import get_resolver

from tests.house.planting import ask_apart, marked, plant_django
from tests.house.rules import urls
from tests.house.tree import standing

ACCESS = """
from enum import Enum


class Permission(Enum):
    CHART_READ = "chart.read"
"""
VIEWS = """
from functools import wraps

from ehospital.people.access import Permission


def page(permission):
    def decorate(view):
        @wraps(view)
        def shown(request):
            return view(request)
        shown.permission = permission
        return shown
    return decorate


@page(Permission.CHART_READ)
def chart(request):
    pass


def bare(request):  # caught
    pass


def stock(request):
    pass


stock.__module__ = "allauth.account.views"


@page("chart.read")  # caught
def misspelt(request):
    pass
"""
URLS = """
from django.contrib.staticfiles.views import serve
from django.urls import include, path
from ehospital.web.staff import views

inner = [path("bare/", views.bare), path("misspelt/", views.misspelt)]
outer = [path("out/", views.stock), path("s/", serve)]
urlpatterns = [path("chart/", views.chart), path("staff/", include(inner)), *outer]
"""


def test_an_address_without_a_permission_is_found(tmp_path: Path) -> None:
    files = {
        "ehospital/people/access.py": ACCESS,
        "ehospital/web/staff/views.py": VIEWS,
        "ehospital/config/urls.py": URLS,
    }
    house = plant_django(tmp_path, files)
    found = ask_apart(house, "urls")
    assert [(path, line) for path, line, _ in found if path.startswith("ehospital/")] == marked(house)
    assert [what for _, _, what in sorted(found)] == [
        "/staff/bare/ (ehospital.web.staff.views.bare) declares no permission",
        "/staff/misspelt/ (ehospital.web.staff.views.misspelt) declares 'chart.read', which is no Permission",
        "/s/ (django.contrib.staticfiles.views.serve) declares no permission",
    ]


def test_every_address_of_the_house_declares_who_may_open_it() -> None:
    assert len(list(urls.routes(get_resolver().url_patterns))) > 0
    assert [str(finding) for finding in urls.check(standing())] == []


def test_every_excuse_of_a_stock_view_is_still_needed() -> None:
    modules = {f"{view.__module__}." for _, view in urls.routes(get_resolver().url_patterns)}
    assert [start for start in urls.STOCK if not any(module.startswith(start) for module in modules)] == []
