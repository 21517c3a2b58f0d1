"""Where a reader of the whole directory has got to: signed, so that nobody makes one up."""

from django.core import signing
from rest_framework.exceptions import ValidationError

SALT = "partners.api.cursor"
REFUSED = (
    "Ce curseur n'est pas valable ici\u00a0: reprenez l'adresse «\u00a0suivant\u00a0» telle que la "
    "réponse précédente la donne."
)


def write(query, position):
    """A cursor (str) for `position` (JSON values) in the answer of `query` (JSON values)."""
    return signing.dumps([query, position], salt=SALT, compress=True)


def read(cursor, query):
    """The position given to `write`. Raises `ValidationError`: forged, or of another query."""
    try:
        found, position = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError):
        found = position = None
    if position is None or found != query:
        raise ValidationError({"curseur": [REFUSED]})
    return position


def next_url(request, cursor):
    """The address of the page that follows: the same parameters, and where to go on."""
    query = request.query_params.copy()
    query["curseur"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
