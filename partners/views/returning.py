"""Back to the page that a gesture came from."""

from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from partners.forms import CriteriaForm


def page_of(request, default):
    """The page of ours that the form names in `suite`, else `default`, a url name or a path."""
    page = request.POST.get("suite", "").partition("#")[0]
    hosts = {request.get_host()}
    is_ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, hosts)
    return page if is_ours else resolve_url(default)


def with_criteria(path, request):
    """`path` with the criteria of the address asked for, and none of what else it may hold (R3)."""
    return with_query(path, CriteriaForm(request.GET))


def with_query(path, form):
    """`path` with the criteria of a `CriteriaForm`; alone when they are not valid."""
    query = form.query() if form.is_valid() else ""
    return f"{path}?{query}" if query else path
