"""A client of the API as another tool writes one: a token, JSON, and what it may say."""

import json

from django.test import Client

from partners.models import ApiToken, User
from tests.factories import UserFactory

ROOT = "/api/v1/"
Scope = ApiToken.Scope


def token(*scopes, role=User.Role.MANAGER, **fields):
    """(token, secret) of an account of this role."""
    user = fields.pop("user", None) or UserFactory(role=role)
    return ApiToken.objects.issue(name="Intranet", user=user, scopes=list(scopes), **fields)


class Api:
    """Sends `secret` with each request when there is one; paths are relative to the root."""

    def __init__(self, secret="", client=None):
        self.client = client or Client()
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path, headers=None, **query):
        return self.client.get(ROOT + path, query, headers=self.headers | (headers or {}))

    def follow(self, url):
        """The data of a whole address that an answer gave."""
        response = self.client.get(url, headers=self.headers)
        assert response.status_code == 200, response.content
        return response.json()

    def send(self, method, path, body, headers=None, content_type="application/json"):
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.generic(
            method, ROOT + path, data, content_type, headers=self.headers | (headers or {})
        )

    def post(self, path, body, **options):
        return self.send("POST", path, body, **options)

    def patch(self, path, body, *, etag="*"):
        return self.send("PATCH", path, body, headers={"If-Match": etag} if etag else {})


def api(*scopes, **options):
    """A client that bears a token of these scopes."""
    return Api(token(*scopes, **options)[1])


def refused(response, status):
    """The problem (dict) of a refusal, which says itself as RFC 9457 wants."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:cartographie:probleme:")
    assert problem["title"]
    assert problem["detail"]
    return problem
