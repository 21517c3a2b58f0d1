"""The body of a request: JSON, of a size that a record can have."""

from io import BytesIO

from rest_framework import parsers
from rest_framework.exceptions import ParseError, ValidationError

from partners.api.problems import TooBig

MAX_BYTES = 256 * 1024
NOT_AN_OBJECT = "Le corps est un objet JSON\u00a0: il commence par une accolade."


class JSONParser(parsers.JSONParser):
    def parse(self, stream, media_type=None, parser_context=None):
        content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise TooBig(f"Le corps dépasse {MAX_BYTES // 1024} ko.")
        try:
            found = super().parse(BytesIO(content), media_type, parser_context)
        except (ParseError, RecursionError):
            raise ParseError("Le corps n'est pas du JSON en UTF-8.") from None
        if not isinstance(found, dict):
            raise ValidationError({"corps": [NOT_AN_OBJECT]})
        return found
