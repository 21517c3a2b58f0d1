"""Back to the page that a gesture came from."""

from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def page_of(request, default):
    """The page of ours that the form names in `suite`, else `default`, a url name or a path."""
    page = request.POST.get("suite", "").partition("#")[0]
    hosts = {request.get_host()}
    is_ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, hosts)
    return page if is_ours else resolve_url(default)
