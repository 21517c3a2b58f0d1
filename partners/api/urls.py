"""Addresses of the API, without a final slash; the documentation is a page."""

from django.urls import path, re_path

from partners.api.view import NotFoundView
from partners.api.views import docs, listings, points, procedure, reference, search

read_urls = [
    path("situations", reference.Situations.as_view(), name="api_situations"),
    path("territoires", reference.Territories.as_view(), name="api_territories"),
    path("numeros-utiles", reference.Helplines.as_view(), name="api_helplines"),
    path("sigles", reference.Glossary.as_view(), name="api_glossary"),
]

listing_urls = [
    path("fiches", listings.Listings.as_view(), name="api_listings"),
    path("fiches.geojson", points.Points.as_view(), name="api_points"),
    path("fiches/recherche", search.Search.as_view(), name="api_search"),
    path("fiches/<int:pk>", listings.Detail.as_view(), name="api_listing"),
    path("fiches/<int:pk>/signalements", listings.Reports.as_view(), name="api_reports"),
    path("fiches/<int:pk>/demarche", procedure.Procedure.as_view(), name="api_procedure"),
    path("comprendre", search.Understand.as_view(), name="api_understand"),
]

description_urls = [
    path("schema/", docs.Description.as_view(), name="api_schema"),
    path("docs/", docs.documentation, name="api_docs"),
]

urlpatterns = [
    *read_urls,
    *listing_urls,
    *description_urls,
    re_path(r"", NotFoundView.as_view()),
]
