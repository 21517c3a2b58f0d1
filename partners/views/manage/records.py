"""« Fiches »: the list of records, as staff look for them."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partners import permissions
from partners.records.finding import FindingForm, with_details
from partners.views.decorators import permission
from partners.views.manage.sections import page
from partners.views.manage.take import FORMS

A_PAGE = 40


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def overview(request):
    """Facts stand in the address; words typed come in a body and stay there (rule R3)."""
    is_sent = request.method == "POST"
    form = FindingForm(request.POST if is_sent else _without_text(request.GET))
    if not form.is_valid():
        return page(request, "records.html", {"form": form}, status=422 if is_sent else 404)
    if is_sent and not form.cleaned_data["texte"]:
        return redirect(_address(form.facts()))
    asked = (request.POST if is_sent else request.GET).get("page")
    found = Paginator(with_details(form.listings()), A_PAGE).get_page(asked)
    context = {
        "form": form,
        "found": found,
        "facts": form.facts(),
        "take_forms": FORMS,
        "is_narrowed": bool(form.facts() or form.cleaned_data["texte"]),
        "previous_page": found.has_previous() and _page_of(form, found.previous_page_number()),
        "next_page": found.has_next() and _page_of(form, found.next_page_number()),
    }
    return page(request, "records.html", context)


def _address(facts):
    query = urlencode(facts)
    return reverse("manage_records") + (f"?{query}" if query else "")


def _page_of(form, number):
    return _address(form.facts() | {"page": number})


def _without_text(query):
    kept = query.copy()
    kept.pop("texte", None)
    return kept
