"""A form of the vocabulary sent: what stops it, and what its page says then."""

from partners.vocabulary import edits


def objections(request, form):
    """(status, context of its page) when a form sent is not to be saved yet, else None.

    Wrong, written by somebody else meanwhile, or naming somebody perhaps (rule R2).
    """
    is_valid = form.is_valid()
    theirs = edits.written_since(form, request.POST.get("version")) if form.instance.pk else []
    if not is_valid:
        return 422, {}
    if theirs:
        return 409, {"theirs": theirs}
    if form.needs_confirmation():
        return 422, {"is_doubtful": True}
    return None


def has_changed(form):
    return not form.instance.pk or bool(set(form.changed_data) - {"confirme"})


def version(request, form, *, is_seen=False):
    """The state that the form goes on from: when it was opened, until the other's is seen."""
    sent = request.POST.get("version")
    return sent if sent is not None and not is_seen else edits.version(form)
