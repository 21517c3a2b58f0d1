"""The parts that stand by dozens on one page, in Jinja, which writes them several times faster.

`results.html` is the list of results, `parts.html` its parts, which pages in Django's own templates
use through the tag `part` (README, « Décisions »).
"""

import re
from functools import lru_cache

from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import renderers
from django.template import engines
from django.utils.html import format_html
from django.utils.text import capfirst
from jinja2 import Environment, StrictUndefined
from jinja2.compiler import CodeGenerator
from jinja2.ext import Extension

from partners import acronyms, highlights, hours, phones
from partners.addresses import address

INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def environment(**options):
    """The Jinja environment of the settings: an unknown name is an error, never an empty string."""
    strict = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    found = Attributes(**options | strict, extensions=[Unindented])
    found.globals.update(url=address)
    found.filters.update(
        icon=icon,
        phone=phones.display,
        phone_href=phones.href,
        capfirst=capfirst,
        day=hours.format_date,
        marked=highlights.marked,
        excerpt=highlights.excerpt,
        explained=acronyms.explained,
        titled=acronyms.titled,
    )
    return found


class PlainCalls(CodeGenerator):
    """`f(x)` is a call as in Python: Jinja looks three times whether `f` wants its context, and
    none of ours does; a page calls five hundred."""

    def visit_Call(self, node, frame, forward_caller=False):
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in [*node.args, *node.kwargs]:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")


class Attributes(Environment):
    """`a.b` is an attribute and nothing else: a page asks for two thousand."""

    code_generator_class = PlainCalls
    getattr = staticmethod(getattr)


class Fields(renderers.Jinja2):
    """Django's own fields in Jinja; those that an application brings (the admin) as they are."""

    others = renderers.DjangoTemplates()

    def get_template(self, template_name):
        is_djangos = template_name.startswith("django/forms/")
        return (super() if is_djangos else self.others).get_template(template_name)


class Unindented(Extension):
    """Templates without the spaces that begin their lines, which every card would repeat."""

    def preprocess(self, source, name, filename=None):
        return INDENT.sub("", source)


def part(name, *args, **kwargs):
    """A part (safe str) of `parts.html` by the name of its macro."""
    return getattr(engines["jinja2"].env.get_template("parts.html").module, name)(*args, **kwargs)


@lru_cache(maxsize=128)
def icon(name):
    """A line icon of the sprite (safe str); decorative, so hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#icon-{}"></use></svg>',
        staticfiles_storage.url("icons.svg"),
        name,
    )
