"""The guard of conftest.py: no test goes beyond this machine, and none finds an empty territory."""

import socket

import pytest

from partners.models import Helpline, Territory


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80), ("example.org", 80)])
def test_an_outside_connection_is_refused_and_noted(block_network, address):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=0.1)
    assert block_network
    block_network.clear()


def test_this_machine_can_be_reached(block_network):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=1).close()
    assert block_network == []


@pytest.mark.parametrize("time", ["first", "again"])
@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_leaves_the_territory_to_the_next(time):
    assert Territory.objects.communes().of_departement("85").count() == 253
    assert Helpline.objects.count() == 31
    Territory.objects.create(kind="secteur", code="essai", name="Essai")
    assert Territory.objects.filter(kind="secteur").count() == 1
