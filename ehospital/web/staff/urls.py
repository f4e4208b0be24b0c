"""The staff's screens, one line each."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("find/", include("ehospital.web.staff.find.urls")),
    path("patients/", include("ehospital.web.staff.patient_search.urls")),
    path("patients/", include("ehospital.web.staff.patient_edit.urls")),
    path("patients/", include("ehospital.web.staff.patient_photo.urls")),
    path("patients/", include("ehospital.web.staff.chart.urls")),
    path("patients/", include("ehospital.web.staff.chart_past.urls")),
    path("duplicates/", include("ehospital.web.staff.duplicates.urls")),
    path("registers/", include("ehospital.web.staff.register_import.urls")),
    path("patients/", include("ehospital.web.staff.record_access.urls")),
    path("patients/", include("ehospital.web.staff.consents.urls")),
    path("wards/", include("ehospital.web.staff.ward_board.urls")),
    path("wards/", include("ehospital.web.staff.meals.urls")),
    path("mine/", include("ehospital.web.staff.my_patients.urls")),
    path("plans/", include("ehospital.web.staff.plan_tasks.urls")),
    path("recalls/", include("ehospital.web.staff.recalls.urls")),
    path("devices/", include("ehospital.web.staff.devices.urls")),
    path("alerts/", include("ehospital.web.staff.alerts.urls")),
    path("orders/", include("ehospital.web.staff.orders.urls")),
    path("results/", include("ehospital.web.staff.results.urls")),
    path("forms/", include("ehospital.web.staff.form_designer.urls")),
    path("codes/", include("ehospital.web.staff.codes.urls")),
    path("notices/", include("ehospital.web.staff.notices.urls")),
    path("broken-glass/", include("ehospital.web.staff.broken_glass.urls")),
    path("questions/", include("ehospital.web.staff.look_questions.urls")),
    path("corrections/", include("ehospital.web.staff.rectifications.urls")),
    path("switch/", include("ehospital.web.staff.switch.urls")),
    path("computers/", include("ehospital.web.staff.computers.urls")),
    path("audit/", include("ehospital.web.staff.audit.urls")),
]
