"""Pages that say what the product is, and the pages for what went wrong."""

import sys
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection, connections
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cartographie import embedded
from partners.api import problems
from partners.views.manage.kept import given_back, may_give_back


@require_safe
@login_not_required
def accessibility(request):
    return render(request, "partners/accessibility.html")


@require_safe
@login_not_required
def privacy(request):
    return render(request, "partners/privacy.html")


@require_safe
@never_cache
@login_not_required
def hide(request):
    """Where « Masquer » leads: a page that says nothing of what was on the screen (rule R7)."""
    return render(request, "partners/hidden.html")


@require_safe
@never_cache
@login_not_required
def health(request):
    """For a monitor: 200 when the database answers, else 503 (`server_error`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"base": "disponible"})


def bad_request(request, exception=None):
    if problems.concerns(request):
        return problems.response(400)
    return render(request, "partners/bad_request.html", status=400)


def csrf_failure(request, reason=""):
    """Most often a page left open since yesterday."""
    if may_give_back(request):
        return given_back(request)
    return render(request, "partners/expired.html", status=403)


def forbidden(request, exception=None):
    if problems.concerns(request):
        return problems.response(403)
    return render(request, "partners/forbidden.html", status=403)


def not_found(request, exception=None):
    if problems.concerns(request):
        return problems.response(404)
    return render(request, "partners/not_found.html", status=404)


def server_error(request):
    """Alone: no query, no account, since the database may be what failed.

    Then it is 503, and an embedded server that was killed is brought back for the next request.
    """
    is_database = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    if is_database and embedded.is_wanted():
        connections.close_all()
        with suppress(embedded.EmbeddedError):
            embedded.start(settings.DATA_DIR)
    status = 503 if is_database else 500
    if problems.concerns(request):
        return problems.response(status)
    return render(None, "partners/server_error.html", status=status)
