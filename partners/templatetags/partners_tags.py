"""How a phone, a distance, hours and an icon look, wherever they stand."""

from django import template
from django.template.defaultfilters import date
from django.templatetags.static import do_static

from partners import acronyms, hours, jinja, phones
from partners.addresses import address
from partners.hours import french
from partners.templatetags.literals import once

register = template.Library()


register.simple_tag(jinja.icon, name="icon")
register.tag("icon", once(register.tags["icon"]))
register.simple_tag(jinja.part, name="part")
register.filter("explained", acronyms.explained, is_safe=True)
register.simple_tag(address)  # as `url`, for the twenty links of every page
register.tag("address", once(register.tags["address"]))
register.tag("static", once(do_static))  # Django's own


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


@register.filter(expects_localtime=True)
def day(moment, form="j F Y"):
    """A day as `date` writes it, but « 1er octobre 2026 » where Django says « 1 octobre »."""
    is_first = getattr(moment, "day", None) == 1
    return date(moment, form.replace("j", r"j\e\r") if is_first else form)


@register.filter
def clock(moment):
    """« 9 h 30 » from a time of the day."""
    return french.format_time(moment)


@register.filter
def hours_lines(osm):
    """Opening hours as (days, slots) pairs in French."""
    return hours.describe(osm) if osm else []


@register.filter
def permanence_rule(osm):
    return hours.describe_permanence(osm)
