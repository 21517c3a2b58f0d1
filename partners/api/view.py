"""What every address of the API has: who may, which version, what a cache may keep."""

import pghistory
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.exceptions import NotAuthenticated, NotFound, PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from partners import permissions
from partners.api import problems
from partners.api.renderers import etag, etag_of

SAFE = ("GET", "HEAD")


class ApiView(APIView):
    """`rules`: for each method, the predicate of `partners.permissions` (account, token)."""

    rules = {"GET": permissions.can_read_api}

    def check_permissions(self, request):
        if not request.user.is_authenticated:
            raise NotAuthenticated
        rule = self.rules.get("GET" if request.method == "HEAD" else request.method)
        if rule and not rule(request.user, request.auth):
            raise PermissionDenied

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE:
            # Rule R8: what is written says how it came; the account is noted by the middleware.
            pghistory.context(origine="api", jeton=request.auth.pk if request.auth else None)

    def options(self, request, *args, **kwargs):
        return Response(status=204)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        is_kept_out = request.method not in SAFE or getattr(response, "is_danger", False)
        response["Cache-Control"] = "no-store" if is_kept_out else "private, no-cache"
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if request.method in SAFE and response.status_code == 200:
            response.add_post_render_callback(lambda done: _conditional(request, done))
        return response


class NotFoundView(ApiView):
    """Any other address under the API."""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        raise NotFound


def versioned(response, told):
    """Give an answer the version of what it tells (data), whatever else it holds."""
    response.version = etag_of(told)
    return response


def danger(response):
    """Mark an answer about a danger: no cache may keep it at all (rule R7)."""
    response.is_danger = True
    return response


def _conditional(request, response):
    """The answer with its ETag, 304 when the client has it already, 412 when it wants another."""
    version = getattr(response, "version", None)  # weak: the bytes may differ
    response["ETag"] = f"W/{version}" if version else etag(response.content)
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return problems.response(412) if found.status_code == 412 else found
