"""The landlord's colour, as a style sheet since no inline style is allowed."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=3600)
@login_not_required
def stylesheet(request):
    color = settings.LANDLORD_COLOR
    return render(
        request,
        "partners/theme.css",
        {"color": color, "ink": "#ffffff" if _luminance(color) < 0.18 else "#000000"},
        content_type="text/css; charset=utf-8",
    )


def _luminance(color):
    """Relative luminance (0 to 1) of « #rrggbb », as WCAG 2.2 defines it.

    Under 0.18 white text has a contrast of at least 4.5:1 on it, above it black has.
    """
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
