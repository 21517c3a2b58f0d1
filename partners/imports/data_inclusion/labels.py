"""What people read for the themes and networks of data·inclusion, which are stored as slugs."""

from partners.hours import french
from partners.imports.data_inclusion.schema import LABELS

BY_FIELD = {"themes": LABELS["thematiques"], "networks": LABELS["reseaux_porteurs"]}
"""{field of `Listing`: {slug: the State's words}}."""


def said(attr: str, slug: str) -> str:
    """The State's words for a slug of `themes` or `networks`; of a slug of ours, its own words.

    A slug that the official list lacks (« sante--prevention ») reads « Prevention ».
    """
    own = slug.rpartition("--")[2].replace("-", " ")
    return BY_FIELD[attr].get(slug) or french.capitalise(own)
