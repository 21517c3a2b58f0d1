"""The application as production runs it, with one address more: an empty page."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cartographie.settings")

from django.conf import settings

settings.ROOT_URLCONF = "tests.benchmarks.urls"

from cartographie.wsgi import application  # noqa: E402

__all__ = ["application"]
