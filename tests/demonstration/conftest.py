"""The demonstration, loaded once for all the files of this folder."""

import pytest
from django.db import transaction

from tests import conftest


@pytest.fixture(scope="package")
def loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), conftest.loaded_demonstration():
        yield


@pytest.fixture(scope="module")
def demonstration(loaded):
    """As it was loaded, whatever the file before has written for its own tests."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
