"""Every template compiles, names only what is there, and holds nothing that the Content-Security-Policy refuses."""

from pathlib import Path

from tests.house.planting import ask_apart, plant_django
from tests.house.rules import templates
from tests.house.tree import standing

URLS = """
from django.urls import include, path

inner = ([path("ward/", lambda request: None, name="ward")], "staff")
urlpatterns = [path("staff/", include(inner)), path("", lambda request: None, name="home")]
"""
GOOD = """{% extends "frame.html" %}
{# <div style="never shown"> #}
{% block body %}
<a href="{% url 'staff:ward' %}">1</a> <a href="{% url 'home' %}">2</a> <a href="{% url name %}">3</a>
{% include "part.html" %}{% include part %}
<link href="{% static 'ward.css' %}" rel="stylesheet"><script src="{% static 'ward.css' %}" defer></script>
<script type="application/json">{}</script>
<c-patient-banner name="x" /> <c-parts.tag>y</c-parts.tag>
{% endblock %}
"""
BAD = """{% extends "nowhere.html" %}
{% block body %}
<a href="{% url 'staff:nothing' %}">1</a>
{% if x %}{% include "gone.html" %}{% endif %}
<link href="{% static 'gone.css' %}" rel="stylesheet">
<c-gone />
<p style="color: red">no</p>
<button onclick="go()">no</button>
<script>go()</script>
<a href="javascript:go()">no</a>
{% endblock %}
"""


def test_what_a_template_names_must_be_there(tmp_path: Path) -> None:
    files = {
        "ehospital/config/urls.py": URLS,
        "ehospital/web/frame.html": "{% block body %}{% endblock %}",
        "ehospital/web/part.html": "part",
        "ehospital/web/kit/patient_banner.html": "{{ name }}",
        "ehospital/web/kit/parts/tag.html": "{{ slot }}",
        "ehospital/web/good.html": GOOD,
        "ehospital/web/bad.html": BAD,
        "ehospital/web/broken.html": "one\n{% if x %}\nnever closed",
        "ehospital/web/email/letter.html": '<p style="color: red">a letter</p>',
    }
    found = ask_apart(plant_django(tmp_path, files), "templates")
    assert [(path.rsplit("/", 1)[1], line, what.split(" on line ")[0]) for path, line, what in found] == [
        ("bad.html", 1, "there is no template nowhere.html"),
        ("bad.html", 3, "no address is named staff:nothing"),
        ("bad.html", 4, "there is no template gone.html"),
        ("bad.html", 5, "there is no static file gone.css"),
        ("bad.html", 6, "there is no component kit/gone.html"),
        ("bad.html", 7, "an inline style"),
        ("bad.html", 8, "an inline event handler"),
        ("bad.html", 9, "an inline script"),
        ("bad.html", 10, "a javascript: address"),
        ("broken.html", 2, "Unclosed tag"),
    ]


def test_the_templates_of_the_house_stand() -> None:
    assert [str(finding) for finding in templates.check(standing())] == []
