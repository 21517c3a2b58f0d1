"""Django's own `static`, the address of a named file written once (setting TEMPLATES)."""

from django import template
from django.templatetags import static

from partners.templatetags.literals import once

register = template.Library()
register.tags |= static.register.tags
register.tag("static", once(static.do_static))
