"""Addresses of who looked: the list, a question about a look, and messages."""

from django.urls import path

from ehospital.web.portal.who_looked import asking, views

urlpatterns = [
    path("", views.looked, name="portal_access"),
    path("ask/", asking.ask_why, name="portal_ask_why"),
    path("messages/", asking.messages_wanted, name="portal_messages"),
]
