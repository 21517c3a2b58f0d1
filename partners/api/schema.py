"""The OpenAPI 3.1 description: each answer an address may give, problems included."""

import re

from drf_spectacular import authentication
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from partners.api import problems
from partners.api.envelopes import Problem

ALWAYS = (400, 401, 403, 404, 405, 406, 414, 429, 500, 503)
BY_METHOD = {
    "GET": (412,),
    "POST": (413, 415),
    "PATCH": (409, 412, 413, 415, 428),
}
CREATES = 409
VERBS = {"GET": "lire", "POST": "envoyer", "PATCH": "modifier"}
NO_BODY = {"description": "Rien n'a changé depuis la version de If-None-Match."}
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="L'ETag de la fiche lue, ou *.",
)


class Schema(AutoSchema):
    """Adds what every address has, so that no view repeats it."""

    def get_override_parameters(self):
        found = super().get_override_parameters()
        return [*found, IF_MATCH] if self.method == "PATCH" else found

    def get_operation_id(self):
        words = re.findall(r"[a-z]+", self.path.removeprefix("/api/v1/"))
        return "_".join([VERBS[self.method], *words])

    def get_summary(self):
        return self.get_description().split("\n")[0]

    def get_tags(self):
        return [self.path.removeprefix("/api/v1/").split("/")[0].split(".")[0]]

    def _get_response_bodies(self, direction="response"):
        found = super()._get_response_bodies(direction)
        for code in (*ALWAYS, *BY_METHOD[self.method], CREATES):
            if code != CREATES or self.method != "GET":
                found[str(code)] = self._problem(code)
        if self.method == "GET":
            found["304"] = NO_BODY
        return found

    def _problem(self, code):
        response = OpenApiResponse(Problem, description=problems.KINDS[code][1])
        return self._get_response_for_code(response, str(code), [problems.CONTENT_TYPE])


class SessionScheme(authentication.SessionScheme):
    target_class = "partners.api.authentication.SessionAuthentication"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "partners.api.authentication.TokenAuthentication"
    name = "jeton"

    def get_security_definition(self, auto_schema):
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Un jeton fait par un administrateur, avec ses portées.",
        }


def finish(result, generator, request, public):
    """A hook: what a request sends has no member that nobody knows; marks of the tool go away."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
    _drop(result, "x-spec-enum-id")
    return result


def _drop(part, key):
    if isinstance(part, dict):
        part.pop(key, None)
        part = part.values()
    for inner in part if not isinstance(part, str | int | float | None) else ():
        _drop(inner, key)
