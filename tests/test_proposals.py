"""What open data says against staff's work is proposed, and a manager decides."""

import pghistory.models
import pytest

from partners.models import Listing, Proposal, User
from tests import factories
from tests.open_data import SERVICE, STRUCTURE, Files, counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path):
    files = Files(tmp_path)

    def run(**changes):
        files.write([STRUCTURE], [SERVICE | changes])
        return files.run()

    return run


@pytest.fixture
def scheme(load):
    """An imported service whose phone, description and zone staff have corrected."""
    load(telephone="+33261910010")
    found = Listing.objects.get(kind="dispositif")
    found.phone, found.description = "+33261910042", "Notre texte."
    found.save()
    found.zone_links.update(territory=factories.territory("commune", "85182"))
    return found


@pytest.fixture
def manager(client):
    client.force_login(factories.UserFactory(role=User.Role.MANAGER))
    return client


def proposed(listing):
    return {p.fact: p.cells for p in listing.proposals.filter(status="nouvelle")}


def decide(client, listing, decision, fact="phone"):
    pk = listing.proposals.get(fact=fact).pk
    return client.post(f"/fiches/propositions/{pk}/", {"decision": decision}, follow=True)


def test_staffs_edits_stay_and_the_rest_follows_the_source(load, scheme):
    report = load(telephone="+33261910020", frais="payant", zone_eligibilite=["44"])
    scheme.refresh_from_db()
    assert (scheme.phone, scheme.description, scheme.fees) == (
        "+33261910042", "Notre texte.", "payant",
    )  # fmt: skip
    assert [zone.code for zone in scheme.zones.all()] == ["85182"]
    assert proposed(scheme) == {
        "phone": {"telephone": "+33261910020"},
        "zones": {"zone_eligibilite": "44"},
    }
    assert report["proposals"] == 2
    assert counts(report, "dispositif") == {"changed": 1}


def test_value_that_staff_already_overruled_is_not_proposed_again(load, scheme):
    load(telephone="+33261910010", frais="payant")
    assert not proposed(scheme)


def test_proposal_follows_the_source_and_goes_when_the_source_gives_in(load, scheme):
    load(telephone="+33261910020")
    load(telephone="+33261910030")
    assert proposed(scheme) == {"phone": {"telephone": "+33261910030"}}
    load(telephone="+33261910042")
    assert not proposed(scheme)


def test_field_that_staff_emptied_stays_empty(load, scheme):
    Listing.objects.filter(pk=scheme.pk).update(email="")
    load(telephone="+33261910010", frais="payant")
    scheme.refresh_from_db()
    assert scheme.email == ""


def test_archived_by_hand_stays_archived(load, scheme):
    Listing.objects.filter(pk=scheme.pk).update(status="archive")
    load(telephone="+33261910010", frais="payant")
    scheme.refresh_from_db()
    assert scheme.status == "archive"


def test_manager_sees_both_values_and_takes_the_sources(load, scheme, manager):
    load(telephone="+33261910020")
    page = manager.get(scheme.get_absolute_url()).content.decode()
    assert "02 61 91 00 42" in page
    assert "02 61 91 00 20" in page
    response = decide(manager, scheme, "reprendre")
    assert "La fiche a repris la valeur de la source." in response.content.decode()
    scheme.refresh_from_db()
    assert scheme.phone == "+33261910020"
    assert not scheme.proposals.exists()
    events = pghistory.models.Events.objects.tracks(scheme)
    assert [e.pgh_diff["phone"][1] for e in events if "user" in (e.pgh_context or {})] == [
        "+33261910020"
    ]


def test_value_taken_follows_the_source_again(load, scheme, manager):
    load(telephone="+33261910020")
    decide(manager, scheme, "reprendre")
    load(telephone="+33261910030")
    scheme.refresh_from_db()
    assert scheme.phone == "+33261910030"


def test_relation_is_taken_as_a_field_is(load, scheme, manager):
    load(zone_eligibilite=["44"])
    assert "Loire-Atlantique" in manager.get(scheme.get_absolute_url()).content.decode()
    decide(manager, scheme, "reprendre", fact="zones")
    assert [zone.code for zone in scheme.zones.all()] == ["44"]
    assert factories.territory("departement", "44").pk in scheme.entry.zone_ids


def test_declined_value_is_not_proposed_again_but_another_is(load, scheme, manager):
    load(telephone="+33261910020")
    decide(manager, scheme, "garder")
    load(telephone="+33261910020", frais="payant")
    assert not proposed(scheme)
    load(telephone="+33261910030")
    assert proposed(scheme) == {"phone": {"telephone": "+33261910030"}}


def test_value_that_a_record_refuses_stays_proposed(load, scheme, manager):
    load(description="=1+1 est une formule de tableur")
    response = decide(manager, scheme, "reprendre", fact="description")
    assert "ne peut pas être reprise" in response.content.decode()
    assert scheme.proposals.exists()


@pytest.mark.parametrize("role", [User.Role.ADVISER, User.Role.AGENCY, User.Role.FIELD])
def test_others_neither_see_nor_decide(load, scheme, client, role):
    load(telephone="+33261910020")
    client.force_login(factories.UserFactory(role=role))
    assert "propositions" not in client.get(scheme.get_absolute_url()).content.decode()
    assert decide(client, scheme, "reprendre").status_code == 403


def test_anonymous_get_bad_decision_and_unknown_are_refused(load, scheme, client):
    load(telephone="+33261910020")
    path = f"/fiches/propositions/{Proposal.objects.get().pk}/"
    assert client.post(path).url.startswith("/connexion/")
    client.force_login(factories.UserFactory(role=User.Role.MANAGER))
    assert client.get(path).status_code == 405
    assert client.post(path, {"decision": "oui"}).status_code == 400
    assert client.post("/fiches/propositions/999999999/").status_code == 404
