"""Addresses that belong to no screen: a person's choices, and the style guide."""

from django.urls import path

from ehospital.web.kit import preferences
from ehospital.web.kit.styleguide import views as styleguide

urlpatterns = [
    path("language/", preferences.language, name="set_language"),
    path("preferences/theme/", preferences.theme, name="set_theme"),
    path("preferences/density/", preferences.density, name="set_density"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
