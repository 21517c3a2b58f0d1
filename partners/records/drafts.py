"""The form of a record, kept on the server while it is typed, and given back after a crash.

On the server rather than in the browser: a form holds names of contacts (rule R6), which must not
stay on a shared computer, and another computer can go on.
"""

import re

from django.http import QueryDict

from partners.models import FormDraft, Listing
from partners.records import facts as facts_of

NEW = re.compile(r"[0-9a-f]{16}")
KNOWN = re.compile(r"fiche-(\d{1,9})")
MOST_CHARACTERS = 300_000
MOST_NEW = 3
NOT_KEPT = {"csrfmiddlewaretoken", "version", "brouillon", "action", "vu", "confirme"}


class Refused(ValueError):
    """Nothing is kept of this; the message is in French."""


def key_of(listing: Listing, token: str) -> str:
    """Names the form of a record, or one opening of the empty form."""
    return f"fiche-{listing.pk}" if listing.pk else token


def keep(owner, sent: QueryDict) -> FormDraft:
    """Keep the form that is sent in place of what was kept of it. Raises `Refused`."""
    key = sent.get("brouillon", "")
    typed = _typed(sent)
    if sum(len(text) for texts in typed.values() for text in texts) > MOST_CHARACTERS:
        raise Refused("Ce formulaire est trop long pour être gardé en attendant.")
    values = {"listing": _listing(key), "fields": typed}
    values["before"] = facts_of.unseal(sent.get("version", ""))
    return FormDraft.objects.update_or_create(owner=owner, key=key, defaults=values)[0]


def forget(owner, key: str) -> bool:
    """What was kept of a form goes; whether there was something."""
    return bool(FormDraft.objects.filter(owner=owner, key=key).delete()[0])


def of_record(owner, listing: Listing) -> list[FormDraft]:
    """What this account was typing of a record, one or none."""
    return list(FormDraft.objects.filter(owner=owner, key=key_of(listing, "")))


def asked(owner, listing: Listing, pk: int) -> FormDraft | None:
    """The draft of this key, when it is this account's and of this record (or of a new one)."""
    mine = FormDraft.objects.filter(owner=owner, listing=listing.pk)
    return mine.filter(pk=pk).first()


def of_new_records(owner) -> list[FormDraft]:
    """Records that this account began and never sent, the latest first."""
    begun = FormDraft.objects.filter(owner=owner, listing=None).order_by("-saved_at", "pk")
    return list(begun[:MOST_NEW])


def data_of(draft: FormDraft) -> QueryDict:
    """The form as it was typed, as a form that is sent back."""
    data = QueryDict(mutable=True)
    for name, texts in draft.fields.items():
        data.setlist(name, texts)
    return data


def _listing(key):
    if NEW.fullmatch(key):
        return None
    known = KNOWN.fullmatch(key)
    listing = Listing.objects.filter(pk=known[1]).first() if known else None
    if listing is None:
        raise Refused("Cette fiche n'existe pas ou plus.")
    return listing


def _typed(sent):
    """{name: values}; a NUL, which the database refuses, is dropped."""
    return {
        name.replace("\0", ""): [text.replace("\0", "") for text in texts]
        for name, texts in sent.lists()
        if name not in NOT_KEPT
    }
