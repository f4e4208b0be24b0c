"""Addresses of my record; a list that has no address of its own here is one of `sections`."""

from django.urls import path

from ehospital.web.portal.record import documents, download, notes, views

urlpatterns = [
    path("", views.record, name="portal_record"),
    path("print/", views.printed, name="portal_print"),
    path("download/pdf/", download.as_pdf, name="portal_download_pdf"),
    path("download/fhir/", download.as_fhir, name="portal_download_fhir"),
    path("results/", views.results, name="portal_results"),
    path("results/<slug:key>/", views.series, name="portal_series"),
    path("documents/<uuid:document_id>/", documents.read, name="portal_document"),
    path("documents/<uuid:document_id>/file/", documents.download, name="portal_document_file"),
    path("notes/<uuid:note_id>/", notes.read, name="portal_note"),
    path("<slug:slug>/", views.section, name="portal_section"),
]
