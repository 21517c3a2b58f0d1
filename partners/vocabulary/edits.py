"""Two people at once: what a form was opened on, and what the other has written since."""

import hashlib
import json
from datetime import date


def version(form):
    """A short text (str) for what the database held of the fields of a form when it was made."""
    facts = {name: _plain(form.get_initial_for_field(f, name)) for name, f in form.fields.items()}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


def written_since(form, sent):
    """[(label, value)] of the fields that somebody else changed since the version `sent`.

    Empty when nobody did. Of those, only what differs from what was typed is told.
    """
    if sent == version(form):
        return []
    return [
        (
            form.fields[name].label or name,
            _shown(form.get_initial_for_field(form.fields[name], name)),
        )
        for name in form.changed_data
        if not form.fields[name].widget.is_hidden
    ]


def _plain(value):
    value = value() if callable(value) else value
    return [str(item) for item in value] if isinstance(value, list | tuple) else str(value)


def _shown(value):
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return " · ".join(str("" if value is None else value).splitlines()) or "rien"
