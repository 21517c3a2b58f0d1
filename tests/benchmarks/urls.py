"""Every address of the product, and an empty page to measure what the server itself costs."""

from django.http import HttpResponse
from django.urls import path

from cartographie.urls import handler400, handler403, handler404, handler500
from cartographie.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [path("mesures/vide/", lambda request: HttpResponse("")), *product]
