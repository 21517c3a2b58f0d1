"""Addresses: the directory, and the administration for IT."""

from django.contrib import admin
from django.urls import include, path

handler400 = "partners.views.pages.bad_request"
handler403 = "partners.views.pages.forbidden"
handler404 = "partners.views.pages.not_found"
handler500 = "partners.views.pages.server_error"

urlpatterns = [
    path("administration/", admin.site.urls),
    path("api/v1/", include("partners.api.urls")),
    path("", include("partners.urls")),
]
