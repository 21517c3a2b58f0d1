"""JSON in one form whatever the client asks, so that a version has one ETag."""

import hashlib

from rest_framework import renderers


class JSONRenderer(renderers.JSONRenderer):
    def get_indent(self, accepted_media_type, renderer_context):
        return None


class GeoJSONRenderer(JSONRenderer):
    media_type = "application/geo+json"
    format = "geojson"


def etag(content):
    """A strong ETag, quotes included, of the bytes of an answer."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def etag_of(data):
    """The ETag that an answer made of these data has."""
    return etag(JSONRenderer().render(data))
