"""Addresses of pages that lists name by dozens: one `reverse` a page name, not one a link."""

from functools import lru_cache

from django.urls import reverse

SAMPLES = {int: "7777777777", str: "zzzzzzzzzz"}
"""What stands for a key, or for a slug, in the address that `reverse` makes."""


def address(name, *args):
    """The address (str) of the page of this name; `args` are keys (int), then slugs (str)."""
    before, *rest = _parts(name, tuple(map(type, args)))
    return before + "".join(f"{value}{part}" for value, part in zip(args, rest, strict=True))


@lru_cache(maxsize=128)
def _parts(name, kinds):
    """What stands before, between and after the arguments."""
    samples = [SAMPLES[kind] for kind in kinds]
    parts, rest = [], reverse(name, args=samples)
    for sample in samples:
        before, _, rest = rest.partition(sample)
        parts.append(before)
    return [*parts, rest]
