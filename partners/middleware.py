"""What is answered before any view: input that no form would send, and accounts signed out."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.decorators import sync_only_middleware

from partners.api import problems

MAX_QUERY_BYTES = 3000  # under the 4,094 bytes that gunicorn refuses in English


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


class SignInMiddleware(LoginRequiredMiddleware):
    """As Django's, but a part of a page that is asked for alone sends the whole page to sign in."""

    def handle_no_permission(self, request, view_func):
        response = super().handle_no_permission(request, view_func)
        if "HX-Request" in request.headers and response.has_header("Location"):
            return HttpResponse(headers={"HX-Redirect": response["Location"]})
        return response
