"""How a phone, a distance, hours and an icon look, wherever they stand."""

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html

from partners import hours, phones

register = template.Library()


@register.simple_tag
def icon(name):
    """A line icon of the sprite; decorative, so hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#icon-{}"></use></svg>',
        staticfiles_storage.url("icons.svg"),
        name,
    )


@register.filter
def phone(stored):
    """« 02 61 91 00 01 » from the stored form."""
    return phones.display(stored)


@register.filter
def phone_href(stored):
    return phones.href(stored)


@register.filter
def km(distance):
    """« 6 km », from kilometres; nothing without a distance."""
    if distance is None:
        return ""
    return "moins de 1 km" if distance < 1 else f"{round(distance)} km"


@register.filter
def hours_lines(osm):
    """Opening hours as (days, slots) pairs in French."""
    return hours.describe(osm) if osm else []


@register.filter
def permanence_rule(osm):
    return hours.describe_permanence(osm)
