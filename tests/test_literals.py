"""Tags of literals, written when their template is read, and the others when it is shown."""

import pytest
from django.template import Context, Template
from django.template.base import TextNode
from django.templatetags.static import static
from django.urls import reverse

LOAD = "{% load partners_tags %}"


def nodes(source):
    return Template(LOAD + source).nodelist[1:]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ('{% static "css/app.css" %}', lambda: static("css/app.css")),
        ('{% address "situations" %}', lambda: reverse("situations")),
        ('{% icon "phone" %}', lambda: "#icon-phone"),
    ],
)
def test_literals_are_written_once(tag, expected):
    (node,) = nodes(tag)
    assert expected() in node.render(Context())
    assert isinstance(node, TextNode)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{% static name %}", lambda name: static(name)),
        ('{% static name|default:"x" %}', lambda name: static(name)),
        ('{% static "css/app.css" as kept %}[{{ kept }}]', lambda name: f"[{static(name)}]"),
        ('{% address "listing" key slug %}', lambda name: reverse("listing", args=[3, "ccas"])),
        ('{% address "situations" as kept %}[{{ kept }}]', lambda n: f"[{reverse('situations')}]"),
        ("{% icon shape %}", lambda name: "#icon-mail"),
    ],
)
def test_what_depends_on_the_page_is_worked_out_each_time(tag, expected):
    facts = {"name": "css/app.css", "key": 3, "slug": "ccas", "shape": "mail"}
    template = Template(LOAD + tag)
    assert expected("css/app.css") in template.render(Context(facts))
    other = template.render(Context(facts | {"name": "css/map.css", "key": 4, "shape": "x"}))
    assert "as kept" in tag or expected("css/app.css") not in other


def test_files_of_other_applications_are_found_as_before():
    (node,) = nodes('{% static "admin/css/base.css" %}')
    assert node.s == static("admin/css/base.css")
