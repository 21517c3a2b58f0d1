"""The application for a WSGI server such as gunicorn."""

import contextlib
import gc
import os
import sys
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connections

from cartographie import embedded

BOOT_ERROR = 3  # the status at which gunicorn gives up, where 1 would start workers for ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cartographie.settings")

if embedded.is_wanted():
    try:
        embedded.start(settings.DATA_DIR)
    except embedded.EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(BOOT_ERROR)

application = get_wsgi_application()

import_module(settings.ROOT_URLCONF)
from partners import known  # noqa: E402 (needs the application)

# Words and communes before the first text is typed, a second's work; without tables, later.
with contextlib.suppress(DatabaseError):
    known.lexicon()
connections.close_all()

# What is loaded by now lives as long as the process: looked through no more at each collection.
gc.freeze()
