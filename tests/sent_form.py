"""What a browser would send of a form, as it stands in a page."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """The fields of the form that has the attribute `marker`; those of templates are not there."""

    def __init__(self, marker):
        super().__init__()
        self.marker, self.is_inside, self.templates = marker, False, 0
        self.fields, self.select, self.area = {}, None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.marker in attrs:
            self.is_inside = True
        self.templates += tag == "template"
        name = attrs.get("name")
        if not self.is_inside or self.templates:
            return
        if tag == "select":
            self.select = name
            self.fields.setdefault(name, [])
        elif tag == "option" and self.select and "selected" in attrs:
            self.fields[self.select] = [attrs.get("value", "")]
        elif tag == "textarea":
            self.area = name
            self.fields[name] = [""]
        elif tag == "input" and name:
            self._input(name, attrs)

    def _input(self, name, attrs):
        is_box = attrs.get("type") in {"checkbox", "radio"}
        if not is_box or "checked" in attrs:
            self.fields.setdefault(name, []).append(
                attrs.get("value", "on" if is_box else "") or ""
            )

    def handle_endtag(self, tag):
        self.templates -= tag == "template"
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area and self.is_inside and not self.templates:
            text = self.fields[self.area][0] + data
            self.fields[self.area] = [text.removeprefix("\n")]


def read_form(response, marker):
    """{name: [values]} of the form of a page that has this attribute."""
    reader = _Reader(marker)
    reader.feed(response.content.decode())
    return reader.fields
