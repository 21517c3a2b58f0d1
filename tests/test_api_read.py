"""Reading by the API: the same search and records as the pages, and what never leaves."""

import pytest
from django.utils import timezone

from partners.models import Contact, Listing, Situation, WayThere
from tests.api_client import Scope, api, refused
from tests.factories import (
    ListingFactory,
    PermanenceFactory,
    commune,
    scheme_with_all,
    territory,
    verify,
)

pytestmark = pytest.mark.django_db
POUZAUGES = "85182"


@pytest.fixture
def reader():
    return api(Scope.READ)


def search(client, **query):
    response = client.get("fiches", **{"situation": "isolement", "commune": POUZAUGES} | query)
    assert response.status_code == 200, response.content
    return response.json()


def test_search_gives_the_cards_of_the_page_in_its_order(reader, admin_client):
    near = ListingFactory()
    far = ListingFactory(commune=commune("85191"), zones=[territory("departement", "85")])
    helps = ListingFactory(situations=[], helps=["isolement"])
    hall = ListingFactory(is_generalist=True, structure_type="mairie", situations=[])
    url = f"/recherche/?situation=isolement&commune={POUZAUGES}"
    page = admin_client.get(url).context["results"]
    answer = search(reader)
    assert [f["id"] for f in answer["fiches"]] == [card.listing.pk for card in page.cards]
    assert answer["total"] == page.total
    assert {f["id"]: f["bloc"] for f in answer["fiches"]} == {
        near.pk: "pres",
        helps.pk: "pres",
        far.pk: "deplace",
        hall.pk: "generalistes",
    }
    first = answer["fiches"][0]
    assert first["verdict"] == "couvre"
    assert first["zone"] == "CC du Pays de Pouzauges"
    assert first["verdict_texte"] == page.cards[0].verdict.label
    assert first["distance_km"] == 0
    assert first["ouvert"] is None
    assert answer["numeros_utiles"]


def test_procedure_of_a_scheme_names_the_office_of_the_commune(reader):
    scheme = scheme_with_all()
    scheme.documents.create(title="Plaquette", audience="locataire", url="https://example.org/p")
    path = f"fiches/{scheme.pk}/demarche"
    here = reader.get(path, commune=POUZAUGES).json()
    assert [door["nom"] for door in here["qui_instruit"]["ici"]] == ["Guichet"]
    assert here["qui_instruit"]["ici"][0]["telephone_affiche"] == "02 61 91 00 04"
    [group] = here["criteres"]
    assert [row["texte"] for row in group["criteres"]] == [
        "75\u00a0ans ou plus", "Est-ce un logement social ?",
    ]  # fmt: skip
    assert group["criteres"][0]["sinon"] == "Autre aide"
    assert group["phrase"].startswith("Tout ceci\u00a0: 75")
    assert [paper["nom"] for paper in here["papiers"]] == ["Bail"]
    assert [(step["rang"], step["etape"]) for step in here["etapes"]] == [(1, "Rendez-vous")]
    assert [one["titre"] for one in here["documents"]] == ["Plaquette"]
    elsewhere = reader.get(path, commune="85191").json()["qui_instruit"]
    assert (elsewhere["ici"], [door["nom"] for door in elsewhere["ailleurs"]]) == ([], ["Guichet"])


def test_procedure_refuses_a_commune_that_is_not_and_hides_drafts(reader):
    listing = ListingFactory()
    assert reader.get(f"fiches/{listing.pk}/demarche").json()["papiers"] == []
    problem = refused(reader.get(f"fiches/{listing.pk}/demarche", commune="99999"), 400)
    assert "commune" in problem["erreurs"]
    draft = ListingFactory(status="brouillon")
    refused(reader.get(f"fiches/{draft.pk}/demarche"), 404)


def test_way_there_is_read_but_of_a_secret_place(reader):
    for is_confidential in (False, True):
        listing = ListingFactory(is_confidential=is_confidential)
        WayThere.objects.create(listing=listing, without_car="Bus 3")
        said = reader.get(f"fiches/{listing.pk}").json()["venir_sans_voiture"]
        assert said == (None if is_confidential else "Bus 3")


def test_filters_of_the_page_are_parameters(reader):
    home = ListingFactory(home_visits=True)
    ListingFactory()
    assert [f["id"] for f in search(reader, domicile="true")["fiches"]] == [home.pk]
    assert len(search(reader, domicile="false")["fiches"]) == 2


def test_record_says_everything_in_the_words_of_data_inclusion(reader):
    listing = ListingFactory(
        phone="+33261910042",
        email="accueil@example.org",
        audiences=["seniors"],
        home_visits=True,
        helps=["personnes-agees"],
        zones=[territory("departement", "85"), territory("commune", POUZAUGES)],
    )
    PermanenceFactory(listing=listing)
    verify(listing)
    fiche = reader.get(f"fiches/{listing.pk}").json()
    assert fiche["nom"] == listing.name
    assert fiche["id_source"] == listing.source_id
    assert fiche["telephone"] == "+33261910042"
    assert fiche["telephone_affiche"] == "02 61 91 00 42"
    assert fiche["publics"] == ["seniors"]
    assert fiche["a_domicile"] is True
    assert fiche["code_insee"] == POUZAUGES
    assert fiche["commune"] == "Pouzauges"
    assert fiche["situations_coeur"] == ["isolement"]
    assert fiche["situations_aide"] == ["personnes-agees"]
    assert fiche["zone_eligibilite"] == ["85", POUZAUGES]
    assert fiche["permanences"][0]["horaires"] == "Tu[2] 14:00-17:00"
    assert fiche["telephone_verifie_le"] == "2026-11-03"
    assert fiche["description"] is None


def test_named_people_leave_with_the_scope_only():
    listing = ListingFactory(professional_phone="+33261910099")
    for name, visibility in (("Alix Martin", "tous"), ("Camille Petit", "responsables")):
        Contact.objects.create(
            listing=listing,
            name=name,
            visibility=visibility,
            source="test",
            recorded_on=timezone.localdate(),
        )
    path = f"fiches/{listing.pk}"
    plain = api(Scope.READ).get(path).json()
    assert not {"contacts", "telephone_professionnels"} & set(plain)
    answer = api(Scope.READ, Scope.CONTACTS).get(path).json()
    assert [c["nom"] for c in answer["contacts"]] == ["Alix Martin", "Camille Petit"]
    assert answer["telephone_professionnels"] == "+33261910099"
    adviser = api(Scope.READ, Scope.CONTACTS, role="conseillere").get(path).json()
    assert [c["nom"] for c in adviser["contacts"]] == ["Alix Martin"]
    field = api(Scope.READ, Scope.CONTACTS, role="proximite").get(path)
    assert "Martin" not in field.content.decode()


def test_confidential_address_reaches_no_answer(reader):
    shelter = ListingFactory(
        situations=["violences"],
        is_confidential=True,
        address="12 rue Secrète",
        website="https://secret.example.org",
        mobilisation_url="https://secret.example.org/venir",
        source_url="https://secret.example.org/source",
        postal_code="85799",
        zones=[territory("departement", "85")],
    )
    PermanenceFactory(listing=shelter, place="salle Secrète")
    answers = [
        reader.get(f"fiches/{shelter.pk}"),
        reader.get("fiches"),
        reader.get("fiches", situation="violences", commune=POUZAUGES),
        reader.get("fiches.geojson", bbox="-180,-90,180,90"),
        reader.post("fiches/recherche", {"situation": "violences", "commune": POUZAUGES}),
    ]
    for answer in answers:
        text = answer.content.decode()
        assert answer.status_code == 200
        assert not any(word in text for word in ("Secrète", "secret.example", "85799"))
    fiche = answers[0].json()
    assert (fiche["code_insee"], fiche["commune"], fiche["permanences"]) == (None, None, [])
    assert answers[3].json()["features"] == []


@pytest.mark.parametrize("path", ["situations", "numeros-utiles", "sigles"])
def test_reference_lists_are_whole(reader, path):
    (rows,) = reader.get(path).json().values()
    assert len(rows) > 10


def test_situations_name_their_numbers_in_order(reader):
    rows = reader.get("situations").json()["situations"]
    situation = Situation.objects.get(slug="violences")
    (row,) = (row for row in rows if row["slug"] == "violences")
    expected = situation.helpline_links.order_by("order", "pk")
    assert row["numeros_utiles"] == [link.helpline.slug for link in expected]
    assert row["danger"] is True


@pytest.mark.parametrize(
    ("query", "kind", "code"),
    [
        ({"q": "pouzaug"}, "commune", POUZAUGES),
        ({"q": "85700"}, "commune", POUZAUGES),
        ({"q": "pays de pouzauges"}, "epci", "248500464"),
        ({"q": "vendée", "type": "departement"}, "departement", "85"),
        ({"q": "pays de la loire"}, "region", "52"),
    ],
)
def test_territories_are_found_by_name_or_code(reader, query, kind, code):
    rows = reader.get("territoires", **query).json()["territoires"]
    assert (kind, code) in [(row["type"], row["code"]) for row in rows]


def test_points_of_a_box_are_offices_and_permanences(reader):
    listing = ListingFactory()
    PermanenceFactory(listing=listing, commune=commune("85092"))
    away = ListingFactory(commune=commune("85113"), zones=[commune("85113")])
    answer = reader.get("fiches.geojson", bbox="-1.2,46.4,-0.5,46.95").json()
    assert {f["properties"]["fiche"] for f in answer["features"]} == {listing.pk}
    assert len(answer["features"]) == 2
    (office,) = (f for f in answer["features"] if f["properties"]["permanence"] is None)
    assert office["geometry"]["coordinates"] == pytest.approx([-0.83, 46.78], abs=0.05)
    globe = reader.get("fiches.geojson", bbox="-180,-90,180,90").json()
    assert away.pk in {f["properties"]["fiche"] for f in globe["features"]}
    assert (globe["suivant"], globe["message"]) == (None, None)


def test_points_of_a_large_box_come_by_pages(reader, monkeypatch):
    monkeypatch.setattr("partners.api.views.points.PAGE", 2)
    listings = ListingFactory.create_batch(5)
    found, url, box = [], None, {"bbox": "-180,-90,180,90"}
    for _ in range(3):
        answer = reader.follow(url) if url else reader.get("fiches.geojson", **box).json()
        found += [f["properties"]["fiche"] for f in answer["features"]]
        url = answer["suivant"]
    assert url is None
    assert found == [listing.pk for listing in listings]


@pytest.mark.parametrize(
    "bbox",
    ["", "1,2,3", "a,b,c,d", "nan,1,2,3", "2,46,1,47", "1,47,2,46", "1,46,1,46", "-181,0,0,1",
     "1,2,3,4,5", "\0", "inf,1,2,3", "-1e0,46,0,4_7", "-١,٤٦,٠,٤٧"],
)  # fmt: skip
def test_wrong_box_is_refused_in_a_sentence(reader, bbox):
    if "\0" in bbox:
        refused(reader.get("fiches.geojson", bbox=bbox), 400)
    else:
        assert refused(reader.get("fiches.geojson", bbox=bbox), 400)["erreurs"]["bbox"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"situation": "licorne", "commune": POUZAUGES}, "situation"),
        ({"situation": "isolement", "commune": "99999"}, "commune"),
        ({"commune": POUZAUGES, "licorne": "1"}, "«\u00a0licorne\u00a0»"),
        ({"commune": POUZAUGES, "ouvert": "peut-être"}, "ouvert"),
        ({"commune": POUZAUGES, "ouvert": ["true", "false"]}, "ouvert"),
        ({"commune": POUZAUGES, "aide": "magie"}, "aide"),
        ({"commune": POUZAUGES, "taille": "5"}, "taille"),
        ({"commune": POUZAUGES, "modifie_depuis": "2026-01-01T00:00:00Z"}, "modifie_depuis"),
        ({"commune": POUZAUGES, "situation": [f"s{n}" for n in range(100)]}, "situation"),
        ({"commune": POUZAUGES, "aide": ""}, "aide"),
        ({"ouvert": "true"}, "ouvert"),
        ({"taille": "0"}, "taille"),
        ({"taille": "1000"}, "taille"),
        ({"modifie_depuis": "hier"}, "modifie_depuis"),
        ({"curseur": "forgé"}, "curseur"),
    ],
)
def test_wrong_parameter_is_named_in_the_refusal(reader, query, name):
    assert refused(reader.get("fiches", **query), 400)["erreurs"][name]


@pytest.mark.parametrize("path", ["situations", "sigles", "numeros-utiles", "fiches/1"])
def test_parameter_that_nothing_reads_is_refused(reader, path):
    refused(reader.get(path, nom="Mme Durand"), 400)


def test_same_number_of_queries_for_one_record_and_ten(reader, django_assert_max_num_queries):
    def queries(path, **query):
        with django_assert_max_num_queries(30) as captured:
            assert reader.get(path, **query).status_code == 200
        return len(captured)

    def all_paths():
        return [
            queries("fiches", situation="isolement", commune=POUZAUGES),
            queries("fiches"),
            queries("fiches", modifie_depuis="2020-01-01T00:00:00Z"),
            queries("fiches.geojson", bbox="-180,-90,180,90"),
        ]

    full(ListingFactory())
    reader.get("situations")  # the day of the last use is written once
    one = all_paths()
    for listing in ListingFactory.create_batch(9):
        full(listing)
    assert all_paths() == one


def full(listing):
    PermanenceFactory(listing=listing)
    verify(listing)
    listing.scheme_roles.create(
        structure=ListingFactory(status=Listing.Status.DRAFT), role="porteur"
    )
