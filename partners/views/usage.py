"""The small post of the results page that counts it (rule R4)."""

from django.core import signing
from django.core.cache import cache
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from partners.models import UseCount
from partners.usage import counting, tickets

MOST_BYTES = 4000
A_MINUTE = 120
"""Counted for an account in a minute, in each process: nobody searches and calls faster."""

NUMBERS = {UseCount.Kind.COPY, UseCount.Kind.CALL}


@require_POST
def count(request):
    """204 when it is counted, or was already; no more than that is ever answered."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    text, kind = request.POST.get("ticket", ""), request.POST.get("quoi", "")
    if kind != UseCount.Kind.SEARCH and kind not in NUMBERS:
        return HttpResponse(status=400)
    try:
        ticket = tickets.read(text)
    except signing.BadSignature:
        return HttpResponse(status=400)
    if _is_too_fast(request.user):
        return HttpResponse(status=429)
    if kind in NUMBERS:
        counting.count_number(ticket, kind)
    elif cache.add(f"usage-{request.user.pk}-{text}", True, tickets.HOURS_KEPT * 3600):
        counting.count_search(ticket, request.user)
    return HttpResponse(status=204)


def _is_too_fast(user):
    """Kept in memory, a minute: neither who nor how often is written anywhere."""
    key = f"usage-{user.pk}"
    cache.add(key, 0, 60)
    try:
        return cache.incr(key) > A_MINUTE
    except ValueError:  # the minute ended in between
        return False
