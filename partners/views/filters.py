"""The links that turn the filters of a result page on and off, each with its true count."""

from dataclasses import dataclass

from partners.addresses import address
from partners.forms import CHOICES, YES_OR_NO
from partners.models import Audience

IN_VIEW = 3
"""Filters that always stand in view; the rest are folded (product, screens)."""

GROUPS = {
    "Accueil et horaires": ("apres_17h", "telephone", "sur_place", "distance"),
    "Coût et garanties": ("gratuit", "convention", "verifie"),
    "Qui appelle": ("qui",),
    "Nature de l'aide": ("aide",),
    "Public": ("public",),
}
"""Headings of the folded filters: parameters of the address."""


@dataclass
class Filter:
    """A link that turns a filter on or off; `count` is what it leaves or would leave."""

    name: str
    value: str
    label: str
    query: str
    is_active: bool
    count: int
    is_folded: bool = False

    @property
    def url(self):
        return f"{address('results')}?{self.query}"


def links(form, found):
    """The filters (list of `Filter`) in a fixed order.

    The first three always; of the others, those that some card passes or that are active.
    """
    shown = [_flag(form, found, *facts) for facts in YES_OR_NO.items()]
    for name, (attribute, choices) in CHOICES.items():
        shown += [
            _link(form, found, name, attribute, value, label)
            for value, label in choices
            if value != Audience.EVERYONE
        ]
    for link in shown[IN_VIEW:]:
        link.is_folded = not link.is_active
    return [link for link in shown if not link.is_folded or link.count]


def groups(shown):
    """The folded ones of `shown` under their headings: a list of (str, list of `Filter`)."""
    folded = [link for link in shown if link.is_folded]
    found = [(title, [f for f in folded if f.name in names]) for title, names in GROUPS.items()]
    return [(title, links) for title, links in found if links]


def _flag(form, found, name, facts):
    attribute, label = facts
    return _link(form, found, name, attribute, "", label)


def _link(form, found, name, attribute, value, label):
    now = getattr(found.criteria, attribute)
    is_active = now == value if value else now
    query = _query(form, name, value or "1", is_active=is_active, is_taken=bool(now))
    count = found.counts[(attribute, value) if value else attribute]
    return Filter(name, value, label[:1].upper() + label[1:], query, bool(is_active), count)


def _query(form, name, value, *, is_active, is_taken):
    """The address with a filter turned on or off; most are only added to the one at hand."""
    if is_active or is_taken:
        return form.query(**{name: [] if is_active else [value]})
    return "&".join(filter(None, [form.query(), f"{name}={value}"]))
