"""Around any view: what no page would send, accounts signed out, what a request knows."""

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.decorators import sync_only_middleware

from partners import accounts, handbook
from partners.api import problems
from partners.views.returning import page_of

MAX_QUERY_BYTES = 3000  # under the 4,094 bytes that gunicorn refuses in English
WORKSPACE = "/gestion/"
NOT_DONE = (
    "Votre session était finie\u00a0: ce dernier geste n'a pas été fait. Reconnectez-vous, puis "
    "recommencez-le."
)


@sync_only_middleware
class BadInputMiddleware:
    """NUL bytes and endless addresses get a page that says so, with the right status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_BYTES:
            return self.refuse(request, 414)
        if "\0" in request.path or "%00" in query or "\0" in query:
            return self.refuse(request, 400)
        return self.get_response(request)

    def refuse(self, request, status):
        if problems.concerns(request):
            return problems.response(status)
        return render(request, "partners/bad_request.html", status=status)


@sync_only_middleware
class KnownMiddleware:
    """What is asked once for a whole request: whose it is (`partners.accounts`), and the version of
    the situations and numbers (`partners.handbook`)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with accounts.request(), handbook.request():
            return self.get_response(request)


@sync_only_middleware
class RefusedMethodMiddleware:
    """The address of a button, opened in a window, gets a page that says so, not a blank one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and request.method != "HEAD" and not response.content:
            page = render_to_string("partners/method_refused.html", request=request)
            response.content = page
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """As Django's, but for what no page would open after signing in.

    A part of a page that is asked for alone sends the whole page to sign in. A button of the
    workspace leads back to the page that has it: its own address takes no `GET`.
    """

    def handle_no_permission(self, request, view_func):
        if request.method == "POST" and request.path.startswith(WORKSPACE):
            messages.warning(request, NOT_DONE)
            return redirect_to_login(page_of(request, above(request.path)))
        response = super().handle_no_permission(request, view_func)
        if "HX-Request" in request.headers and response.has_header("Location"):
            return HttpResponse(headers={"HX-Redirect": response["Location"]})
        return response


def above(path):
    """The nearest address that this one of the workspace is under: « …/comptes/ » of « …/5/ »."""
    while path != WORKSPACE:
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            break
    return path
