"""Addresses of the orders that wait for whoever performs them."""

from django.urls import path

from ehospital.web.staff.orders import views

urlpatterns = [
    path("", views.orders, name="orders"),
    path("<uuid:order_id>/", views.perform, name="order_perform"),
    path("<uuid:order_id>/call/", views.call, name="order_call"),
    path("<uuid:order_id>/take-on/", views.take_on, name="referral_take"),
]
