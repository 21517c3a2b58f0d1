"""The landlord's colour, as a style sheet since no inline style is allowed."""

from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from partners.addresses import address

HOUR, YEAR = 3600, 365 * 24 * 3600  # seconds


@require_safe
@login_not_required
def stylesheet(request):
    response = HttpResponse(_sheet(settings.LANDLORD_COLOR), "text/css; charset=utf-8")
    if request.META["QUERY_STRING"] == _version(settings.LANDLORD_COLOR):
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=HOUR)
    return response


def theme_url():
    """The address (str) of the sheet as it is now, which a browser asks for once."""
    return f"{address('theme')}?{_version(settings.LANDLORD_COLOR)}"


@lru_cache
def _version(color):
    return sha256(_sheet(color).encode()).hexdigest()[:8]


@lru_cache
def _sheet(color):
    ink = "#ffffff" if _luminance(color) < 0.18 else "#000000"
    return render_to_string("partners/theme.css", {"color": color, "ink": ink})


def _luminance(color):
    """Relative luminance (0 to 1) of « #rrggbb », as WCAG 2.2 defines it.

    Under 0.18 white text has a contrast of at least 4.5:1 on it, above it black has.
    """
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
