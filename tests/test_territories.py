import pytest
from partners.models import Territory


@pytest.mark.django_db
def test_a():
    assert Territory.objects.communes().of_departement("85").count() == 253


@pytest.mark.django_db(transaction=True)
def test_b():
    assert Territory.objects.communes().of_departement("85").count() == 253


@pytest.mark.django_db(transaction=True)
def test_c():
    assert Territory.objects.communes().of_departement("85").count() == 253
