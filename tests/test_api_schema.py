"""The description of the API: true to its answers, under invented requests too."""

import json
import os
from itertools import chain

import pytest
import schemathesis
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as rules
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from partners.api.views.docs import description
from tests.api_client import Scope, api, token
from tests.factories import ListingFactory, PermanenceFactory, UserFactory

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("API_EXAMPLES", 6))
IS_LONG = "API_EXAMPLES" in os.environ
REFUSALS = {412, 413, 414}
"""Statuses that schemathesis does not take for a refusal of what was sent."""


def refuses_what_the_description_forbids(ctx, response, case):
    if response.status_code not in REFUSALS:
        negative_data_rejection(ctx, response, case)


CHECKS = [
    refuses_what_the_description_forbids,
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(autouse=True)
def fresh_rates(settings):
    cache.clear()
    settings.API_RATE = "100000/min"


@pytest.fixture
def application():
    """The site as a server calls it, on the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_description_is_valid_and_says_what_it_is():
    validate_schema(description())
    assert description()["openapi"].startswith("3.1")
    assert len(description()["paths"]) == 12


def test_every_address_has_a_sentence_and_most_an_example():
    operations = [
        (method, path, operation)
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    ]
    assert all(operation["description"] for _, _, operation in operations)
    with_example = [op for op in operations if '"examples"' in json.dumps(op)]
    assert len(with_example) >= 9


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/vnd.oai.openapi"])
def test_description_is_served_in_json_and_yaml(accept):
    answer = api(Scope.READ).get("schema/", headers={"Accept": accept})
    assert answer.status_code == 200
    assert "/api/v1/fiches" in answer.content.decode()


def test_documentation_is_a_page_of_local_files(client):
    assert client.get(reverse("api_docs")).status_code == 302
    client.force_login(UserFactory())
    answer = client.get(reverse("api_docs"))
    text = answer.content.decode()
    assert "POST /api/v1/comprendre" in text
    assert "swagger-ui-bundle.js" in text
    assert "//cdn" not in text


def test_examples_of_requests_are_accepted():
    client = api(*Scope)
    PermanenceFactory(listing=ListingFactory())
    for path, methods in description()["paths"].items():
        for body in _bodies(methods.get("post", {})):
            path = path.replace("{id}", str(ListingFactory().pk))
            answer = client.post(path.removeprefix("/api/v1/"), body)
            assert answer.status_code in {200, 201}, answer.content


def _bodies(operation):
    content = operation.get("requestBody", {}).get("content", {}).values()
    examples = chain.from_iterable(part.get("examples", {}).values() for part in content)
    return [example["value"] for example in examples]


def test_no_invented_request_gets_an_error_or_an_answer_outside_the_description(application):
    """A few requests for each address, the same in each run; the README says how to try many."""
    ListingFactory.create_batch(2)
    _, secret = token(*Scope)
    schema = schemathesis.openapi.from_dict(description())
    schema.app = application
    for found in schema.get_all_operations():
        operation = found.ok()
        takes_something = list(operation.iter_parameters()) or operation.body
        for mode in GenerationMode if takes_something else [GenerationMode.POSITIVE]:
            _try(
                operation,
                mode,
                {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"},
            )


def _try(operation, mode, headers):
    @rules(
        max_examples=EXAMPLES,
        derandomize=not IS_LONG,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()
