"""The documentation: its description for programs, and a page with a tool to try it."""

from functools import cache

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from partners.api import envelopes
from partners.api.view import ApiView


@cache
def description():
    """The OpenAPI document (dict): made of code alone, so once for each process."""
    return SchemaGenerator().get_schema(request=None, public=True)


class Description(ApiView):
    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer, *ApiView.renderer_classes]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request):
        """Cette description, OpenAPI 3.1, en JSON ou en YAML."""
        envelopes.NoParameters.of(request)
        return Response(description())


@require_safe
@never_cache
def documentation(request):
    """Local files only, nothing inline; without JavaScript the list of addresses remains."""
    return render(request, "partners/api_docs.html", {"operations": list(_operations())})


def _operations():
    """(method, path, sentence) of each address, in the order of the description."""
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation["summary"]
