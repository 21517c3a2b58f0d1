"""Addresses of pages that lists name by dozens: one `reverse` a page name, not one a link."""

from functools import lru_cache

from django.urls import reverse

SAMPLES = {int: "7777777777", str: "zzzzzzzzzz"}
"""What stands for a key, or for a slug, in the address that `reverse` makes."""


def address(name, *args):
    """The address (str) of the page of this name; `args` are keys (int), then slugs (str)."""
    return _pattern(name, tuple(map(type, args))) % args


@lru_cache(maxsize=128)
def _pattern(name, kinds):
    """The address with `%s` for each argument, of these types."""
    samples = [SAMPLES[kind] for kind in kinds]
    found = reverse(name, args=samples).replace("%", "%%")
    for sample in samples:
        found = found.replace(sample, "%s", 1)
    return found
