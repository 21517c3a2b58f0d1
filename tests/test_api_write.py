"""Writing by the API: the gate of publication, versions, warnings, secrecy, history."""

from datetime import date

import pytest
from django.core.cache import cache

from partners.models import Contact, Listing, Report, derived
from tests.api_client import Scope, api, refused
from tests.factories import ListingFactory, PermanenceFactory, verify

pytestmark = pytest.mark.django_db

FICHE = {
    "statut": "publie",
    "source": "GED",
    "id_source": "relais-1",
    "nom": "Relais inventé (démonstration)",
    "resume": "Rend visite aux personnes seules.",
    "telephone": "02 61 91 00 42",
    "site_web": "www.example.org",
    "code_insee": "85182",
    "type_structure": "association",
    "publics": ["seniors"],
    "horaires_accueil": "Mo-Fr 09:00-12:00",
    "a_domicile": True,
    "situations_coeur": ["isolement"],
    "situations_aide": ["personnes-agees"],
    "zone_eligibilite": ["248500464", "85"],
    "permanences": [
        {"code_insee": "85092", "lieu": "mairie", "horaires": "Tu[2] 14:00-17:00"},
    ],
}


@pytest.fixture(autouse=True)
def fresh_rates():
    cache.clear()


@pytest.fixture
def writer():
    return api(*Scope)


def created(client, **changes):
    body = {name: value for name, value in (FICHE | changes).items() if value is not None}
    answer = client.post("fiches", body)
    assert answer.status_code == 201, answer.json()
    return answer


def errors(response):
    return refused(response, 400)["erreurs"]


def test_published_record_is_searched_at_once(writer):
    answer = created(writer)
    fiche = answer.json()
    assert answer.headers["Location"].endswith(f"/api/v1/fiches/{fiche['id']}")
    assert fiche["telephone"] == "+33261910042"
    assert fiche["site_web"] == "https://www.example.org"
    assert fiche["permanences"][0]["lieu"] == "mairie"
    assert fiche["zone_eligibilite"] == ["248500464", "85"]
    found = writer.get("fiches", situation="isolement", commune="85182").json()["fiches"]
    assert [f["id"] for f in found] == [fiche["id"]]
    assert not derived.stale().exists()


def test_record_is_a_draft_unless_it_says_otherwise(writer):
    fiche = created(writer, statut=None).json()
    assert fiche["statut"] == "brouillon"
    reader = api(Scope.READ)
    refused(reader.get(f"fiches/{fiche['id']}"), 404)
    assert reader.get("fiches").json()["fiches"] == []
    assert writer.get(f"fiches/{fiche['id']}").json()["statut"] == "brouillon"


def test_publishing_says_everything_that_is_missing(writer):
    found = errors(writer.post("fiches", {"nom": "Relais inventé", "statut": "publie"}))
    assert set(found) == {"resume", "telephone", "situations_coeur", "zone_eligibilite", "source"}
    assert not Listing.objects.exists()


def test_draft_is_published_by_a_change(writer):
    draft = created(writer, statut=None, resume=None).json()
    assert set(errors(writer.patch(f"fiches/{draft['id']}", {"statut": "publie"}))) == {"resume"}
    answer = writer.patch(f"fiches/{draft['id']}", {"statut": "publie", "resume": "Rend visite."})
    assert answer.json()["statut"] == "publie"


def test_published_record_cannot_lose_what_it_needs(writer):
    pk = created(writer, site_web=None).json()["id"]
    assert set(errors(writer.patch(f"fiches/{pk}", {"telephone": None}))) == {"telephone"}
    found = errors(writer.patch(f"fiches/{pk}", {"situations_coeur": [], "situations_aide": []}))
    assert set(found) == {"situations_coeur"}
    assert Listing.objects.get(pk=pk).phone == "+33261910042"


def test_a_new_number_is_not_the_one_that_was_checked(writer):
    listing = ListingFactory(phone="+33261910017")
    verify(listing, scope="telephone", on=date(2026, 8, 3))
    told = writer.patch(f"fiches/{listing.pk}", {"resume": "Autre résumé."}).json()
    assert told["telephone_verifie_le"] == "2026-08-03"
    told = writer.patch(f"fiches/{listing.pk}", {"telephone": "02 61 91 00 18"}).json()
    assert told["telephone_verifie_le"] is None


def test_only_given_fields_change(writer):
    before = created(writer).json()
    answer = writer.patch(f"fiches/{before['id']}", {"situations_coeur": ["addictions"]}).json()
    changed = {name for name in before if before[name] != answer[name]}
    assert changed == {"situations_coeur"}


def test_lists_are_replaced_row_by_row(writer):
    pk = created(writer).json()["id"]
    kept = Listing.objects.get(pk=pk).permanences.get()
    second = {"code_insee": "85182", "lieu": "maison de santé", "horaires": "Th 09:00-12:00"}
    body = {"permanences": [FICHE["permanences"][0] | {"sur_rendez_vous": True}, second]}
    rows = writer.patch(f"fiches/{pk}", body).json()["permanences"]
    assert [row["sur_rendez_vous"] for row in rows] == [True, False]
    assert kept.pk in Listing.objects.get(pk=pk).permanences.values_list("pk", flat=True)
    assert writer.patch(f"fiches/{pk}", {"permanences": []}).json()["permanences"] == []


def test_change_says_which_version_it_changes(writer):
    pk = created(writer).json()["id"]
    refused(writer.patch(f"fiches/{pk}", {"sigle": "RI"}, etag=""), 428)
    version = writer.get(f"fiches/{pk}").headers["ETag"]
    answer = writer.patch(f"fiches/{pk}", {"sigle": "RI"}, etag=version)
    assert answer.status_code == 200
    refused(writer.patch(f"fiches/{pk}", {"sigle": "RJ"}, etag=version), 412)
    assert answer.headers["ETag"] == writer.get(f"fiches/{pk}").headers["ETag"]
    compressed = f"W/{answer.headers['ETag']}"
    assert writer.patch(f"fiches/{pk}", {"sigle": "RK"}, etag=compressed).status_code == 200


def test_relation_that_changed_is_another_version(writer):
    pk = created(writer).json()["id"]
    version = writer.get(f"fiches/{pk}").headers["ETag"]
    PermanenceFactory(listing=Listing.objects.get(pk=pk), place="salle des fêtes")
    refused(writer.patch(f"fiches/{pk}", {"sigle": "RI"}, etag=version), 412)


def test_identifier_of_a_source_is_taken_once(writer):
    created(writer)
    refused(writer.post("fiches", FICHE), 409)
    created(writer, id_source="relais-2")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nom": ""}, "nom"),
        ({"nom": "x" * 201}, "nom"),
        ({"nom": "=1+1"}, "nom"),
        ({"nom": "a\0b"}, "nom"),
        ({"nom": "a\ud800b"}, "nom"),
        ({"nom": ["a"]}, "nom"),
        ({"nom": "\u200b"}, "nom"),
        ({"telephone": "12"}, "telephone"),
        ({"courriel": "pas une adresse"}, "courriel"),
        ({"courriel": "a@b\r\nBcc: x@example.org"}, "courriel"),
        ({"courriel": "accueil@example.org, direction@example.org"}, "courriel"),
        ({"site_web": "pas une adresse"}, "site_web"),
        ({"site_web": "ftp://example.org"}, "site_web"),
        ({"siret": "12345678901234"}, "siret"),
        ({"code_insee": "99999"}, "code_insee"),
        ({"code_postal": "857000"}, "code_postal"),
        ({"latitude": 46.7}, "longitude"),
        ({"latitude": 91, "longitude": 0}, "latitude"),
        ({"horaires_accueil": "tous les jours"}, "horaires_accueil"),
        ({"publics": ["licornes"]}, "publics.0"),
        ({"publics": "seniors"}, "publics"),
        ({"publics": ["tous-publics", "femmes"]}, "publics"),
        ({"a_domicile": "oui"}, "a_domicile"),
        ({"date_maj": "2999-01-01"}, "date_maj"),
        ({"convention_jusqu_au": "9999-12-31"}, "convention_jusqu_au"),
        ({"convention_jusqu_au": "0001-01-01"}, "convention_jusqu_au"),
        ({"statut": "suspendu"}, "statut"),
        ({"statut": "archive"}, "statut"),
        ({"situations_coeur": ["licorne"]}, "situations_coeur"),
        ({"en_premier": ["addictions"]}, "en_premier"),
        ({"zone_eligibilite": ["licorne"]}, "zone_eligibilite"),
        ({"zone_eligibilite": ["85", "non-precisee"]}, "zone_eligibilite"),
        ({"structure_parente": 2**31 - 1}, "structure_parente"),
        ({"structure_parente": 10**30}, "structure_parente"),
        ({"permanences": [{"lieu": "mairie"}]}, "permanences.0.code_insee"),
        ({"id": 3}, "id"),
        ({"commune": "Pouzauges"}, "commune"),
        ({"licorne": 1}, "«\u00a0licorne\u00a0»"),
        ({"\ud800": 1}, "«\u00a0?\u00a0»"),
    ],
)
def test_wrong_value_is_refused_by_its_name(writer, body, field):
    pk = ListingFactory().pk
    before = writer.get(f"fiches/{pk}").content
    assert field in errors(writer.patch(f"fiches/{pk}", body))
    assert writer.get(f"fiches/{pk}").content == before


def test_what_is_not_seen_is_left_out_of_texts(writer):
    """What writes from right to left, what the web breaks words with."""
    pk = ListingFactory().pk
    body = {"nom": "Relais\u202e du\u200b Lay\ufeff", "description": "Re\u00adçoit\u2066 ici."}
    answer = writer.patch(f"fiches/{pk}", body).json()
    assert (answer["nom"], answer["description"]) == ("Relais du Lay", "Reçoit ici.")


@pytest.mark.parametrize("body", [[], '"texte"', 3, None, [1, {}]])
def test_body_is_an_object(writer, body):
    [sentence] = errors(writer.post("fiches", body))["corps"]
    assert "accolade" in sentence
    assert errors(writer.patch(f"fiches/{ListingFactory().pk}", body))


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"nom": NaN}',
        b"\xff\xfe",
        "[" * 100_000,
        "1" * 5000,
        '{"latitude": 1e400}',
        '{"nom": "a" "b"}',
    ],
)
def test_body_that_is_no_json_is_refused(writer, body):
    refused(writer.post("fiches", body), 400)


def test_huge_body_is_refused(writer):
    refused(writer.post("comprendre", {"texte": "x" * 300_000}), 413)
    refused(writer.post("comprendre", {"texte": "x" * 600}), 400)


def test_what_looks_like_a_tenant_warns_and_blocks_nothing(writer):
    answer = created(
        writer, description="Mme Durand y est suivie.", telephone="02 61 91 00 42 / 43"
    )
    warnings = answer.json()["avertissements"]
    assert "Mme Durand" in warnings["description"][0]
    assert "plusieurs numéros" in warnings["telephone"][0]
    assert answer.json()["description"] == "Mme Durand y est suivie."


def test_confidential_address_cannot_be_placed_nor_made_public(writer):
    hidden = {"adresse_confidentielle": True, "code_insee": None, "site_web": None}
    fiche = created(writer, **hidden | {"permanences": None}).json()
    pk = fiche["id"]
    for body in (
        {"adresse": "12 rue Inventée"},
        {"siret": "73282932000074"},
        {"latitude": 46.7, "longitude": -0.8},
        {"code_insee": "85182"},
        {"permanences": FICHE["permanences"]},
        {"adresse_confidentielle": False},
    ):
        assert set(errors(writer.patch(f"fiches/{pk}", body))) == set(body)
    listing = ListingFactory(latitude=46.7, longitude=-0.8)
    body = {"adresse_confidentielle": True}
    assert errors(writer.patch(f"fiches/{listing.pk}", body))["fiche"]


def test_confidential_record_sent_back_as_it_was_read_loses_nothing_of_its_place(writer):
    shelter = ListingFactory(
        is_confidential=True,
        address="12 rue Inventée",
        website="https://abri.example.org",
        source_url="https://abri.example.org/source",
    )
    PermanenceFactory(listing=shelter)
    read = writer.get(f"fiches/{shelter.pk}").json()
    names = ("adresse", "site_web", "lien_source", "code_insee", "permanences", "resume")
    answer = writer.patch(f"fiches/{shelter.pk}", {name: read[name] for name in names})
    assert answer.status_code == 200
    shelter.refresh_from_db()
    kept = (shelter.address, shelter.website, shelter.source_url, shelter.permanences.count())
    where = "https://abri.example.org"
    assert kept == ("12 rue Inventée", where, f"{where}/source", 1)


def test_named_people_are_written_with_the_scope_only(writer):
    pk = created(writer).json()["id"]
    contact = {"nom": "Alix Martin", "source": "GED", "releve_le": "2026-10-01"}
    plain = api(Scope.READ, Scope.WRITE)
    refused(plain.patch(f"fiches/{pk}", {"contacts": [contact]}), 403)
    refused(plain.patch(f"fiches/{pk}", {"telephone_professionnels": "0261910099"}), 403)
    (row,) = writer.patch(f"fiches/{pk}", {"contacts": [contact]}).json()["contacts"]
    assert row["visibilite"] == "responsables"
    assert plain.patch(f"fiches/{pk}", {"sigle": "RI"}).status_code == 200
    assert Contact.objects.get().listing_id == pk


def test_two_records_at_most_come_first_for_a_situation(writer):
    for number in range(2):
        created(writer, id_source=f"r{number}", en_premier=["isolement"])
    answer = writer.post("fiches", FICHE | {"id_source": "r3", "en_premier": ["isolement"]})
    assert set(errors(answer)) == {"en_premier"}


def test_suspended_record_takes_up_again_by_hand_only(writer):
    listing = ListingFactory(status="suspendu")
    assert set(errors(writer.patch(f"fiches/{listing.pk}", {"statut": "publie"}))) == {"statut"}
    assert writer.patch(f"fiches/{listing.pk}", {"sigle": "RI"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_history_says_that_it_came_by_the_api_and_by_which_token():
    writer = api(*Scope)
    pk = created(writer, statut=None).json()["id"]
    event = Listing.pgh_event_model.objects.filter(pgh_obj=pk).latest("pgh_id")
    context = event.pgh_context.metadata
    assert context["origine"] == "api"
    assert context["jeton"]
    assert context["user"]
    assert context["url"] == "/api/v1/fiches"


def test_error_is_reported_by_its_account():
    reporter = api(Scope.REPORT, role="conseillere")
    listing = ListingFactory()
    body = {"type": "mauvais-numero", "message": "Mme Durand dit qu'il ne répond plus."}
    answer = reporter.post(f"fiches/{listing.pk}/signalements", body)
    assert answer.status_code == 201
    assert "Mme Durand" in answer.json()["avertissements"][0]
    report = Report.objects.get()
    assert (report.listing, report.kind) == (listing, "mauvais-numero")
    assert report.created_by.role == "conseillere"


@pytest.mark.parametrize(
    "body",
    [{}, {"type": "manque"}, {"type": "ferme", "message": "x" * 1001}, {"type": "ferme", "x": 1}],
)
def test_wrong_report_is_refused(body):
    reporter, listing = api(Scope.REPORT), ListingFactory()
    assert errors(reporter.post(f"fiches/{listing.pk}/signalements", body))
    assert not Report.objects.exists()


def test_report_on_a_draft_is_for_those_who_see_it():
    draft = ListingFactory(status="brouillon")
    refused(api(Scope.REPORT).post(f"fiches/{draft.pk}/signalements", {"type": "ferme"}), 404)


def test_zones_are_written_by_every_kind_of_code(writer):
    codes = ["248500464", "85", "85182", "france", "region:52"]
    fiche = created(writer, zone_eligibilite=[*codes, "85021"]).json()
    assert set(fiche["zone_eligibilite"]) == {*codes, "85076"}
    unknown = writer.patch(f"fiches/{fiche['id']}", {"zone_eligibilite": ["non-precisee"]}).json()
    assert unknown["zone_eligibilite"] == ["non-precisee"]
    listing = Listing.objects.get(pk=fiche["id"])
    assert listing.is_zone_unspecified
    assert not listing.zones.exists()
