"""The application as production runs it, with one address more, an empty page, and on each answer
the milliseconds that it took (header `Server-Timing`)."""

import os
from time import perf_counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cartographie.settings")

from django.conf import settings

settings.ROOT_URLCONF = "tests.benchmarks.urls"

from cartographie.wsgi import application as served  # noqa: E402


def application(environ, start_response):
    began = perf_counter()

    def start(status, headers, *rest):
        taken = (perf_counter() - began) * 1000
        return start_response(status, [*headers, ("Server-Timing", f"app;dur={taken:.2f}")], *rest)

    return served(environ, start)
