"""So many requests for each token or account, and no more (setting API_RATE)."""

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle


class AccountThrottle(SimpleRateThrottle):
    """Counted in the memory of each process: with two workers, up to twice the rate passes.

    Enough to stop a tool that loops, and no query is spent on it.
    """

    def get_rate(self):
        return settings.API_RATE

    def get_cache_key(self, request, view):
        who = f"jeton-{request.auth.pk}" if request.auth else f"compte-{request.user.pk}"
        return f"api-{who}"
