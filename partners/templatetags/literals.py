"""Tags whose arguments are all literals, written once: when their template is read.

A page of results has a hundred addresses, files and icons that never change.
"""

from django.template import Context
from django.template.base import TextNode


def once(compile_tag):
    """A compilation function that leaves the text of a tag of literals in its place."""

    def compile_literals(parser, token):
        node = compile_tag(parser, token)
        is_constant = all(_is_literal(value) for value in _arguments(node))
        return TextNode(node.render(Context())) if is_constant else node

    return compile_literals


def _arguments(node):
    """What a `SimpleNode` or a `StaticNode` is given, a name for its text to go under included."""
    if hasattr(node, "path"):
        return [node.path, *filter(None, [node.varname])]
    return [*node.args, *node.kwargs.values(), *filter(None, [node.target_var])]


def _is_literal(value):
    return isinstance(getattr(value, "var", None), str) and not value.filters
