"""The documentation: its description for programs, and a page with a tool to try it."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView

from partners.api.view import ApiView

METHODS = ("get", "post", "patch")


class Description(ApiView, SpectacularAPIView):
    """OpenAPI 3.1, in JSON or YAML, for whoever has an account or a token."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer, *ApiView.renderer_classes]


@require_safe
@never_cache
def documentation(request):
    """Local files only, nothing inline; without JavaScript the list of addresses remains."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    context = {"operations": _operations(schema)}
    return render(request, "partners/api_docs.html", context)


def _operations(schema):
    """[dict] of what each address does, in the order of the description."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "about": operations[method].get("description", "").split("\n")[0],
        }
        for path, operations in schema["paths"].items()
        for method in METHODS
        if method in operations
    ]
