"""The history of a record: told in French, and a way back that the usual rules guard."""

from decimal import Decimal

import pghistory
import pytest

from partners import hours
from partners.models import (
    Contact,
    CoverageZone,
    Criterion,
    Document,
    DocumentFile,
    Listing,
    ListingSituation,
    SchemeDetails,
    SchemeRole,
    SearchEntry,
    Situation,
    User,
    derived,
)
from partners.past import restoring, versions, wording
from tests.factories import (
    ListingFactory,
    PermanenceFactory,
    UserFactory,
    change,
    commune,
    refresh,
    scheme_with_all,
    territory,
    verify,
)

pytestmark = pytest.mark.django_db

[(ALWAYS, HOURS)] = hours.describe("24/7")
OPEN_ALWAYS = f"{ALWAYS}\u00a0: {HOURS}"
THEMES = ["sante--acces-aux-soins", "logement--vie-au-village"]
THEMES_IN_FRENCH = "Accès aux soins\u00a0; Vie au village"
SECOND_TUESDAY = hours.describe_permanence("Tu[2] 14:00-17:00")


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER, email="lien@example.org"))
    return client


def made(later, **facts):
    listing = ListingFactory(**{"name": "Relais du Bocage", "phone": "+33261910001"} | facts)
    return listing, later()


def told(listing):
    """{part: (old, new)} of the last version."""
    last = versions.read(listing)[-1]
    names = wording.Names([last.before, last.after])
    return {c.part: (c.old, c.new) for c in wording.tell(last.before, last.after, names)}


def now(listing):
    return versions.read(listing)[-1].key


def restore(listing, key, part=None):
    restoring.restore(listing, key, part=part, seen=now(listing))
    listing.refresh_from_db()


# What it tells


@pytest.mark.parametrize(
    ("facts", "label", "old", "new"),
    [
        ({"phone": "+33261910002"}, "téléphone", "02 61 91 00 01", "02 61 91 00 02"),
        ({"status": "a-verifier"}, "état", "publiée", "à vérifier"),
        ({"home_visits": True}, "se déplace à domicile", "non", "oui"),
        ({"acronym": "RDB"}, "sigle", "(rien)", "RDB"),
        ({"convention_until": "2027-01-31"}, "convention jusqu'au", "(rien)", "31/01/2027"),
        ({"weekly_hours": "10.5"}, "heures par semaine", "(rien)", "10,5"),
        ({"help_kinds": ["ecoute"]}, "nature de l'aide", "(rien)", "écoute"),
        ({"latitude": 46.5, "longitude": -1}, "point sur la carte", "(rien)", "46.50000, -1.00000"),
        ({"opening_hours": "24/7"}, "horaires", "(rien)", OPEN_ALWAYS),
        ({"themes": THEMES}, "thématiques data·inclusion", "(rien)", THEMES_IN_FRENCH),
        ({"networks": ["caf"]}, "réseaux porteurs", "(rien)", "Caisse d’Allocations Familiales"),
    ],
)  # fmt: skip
def test_change_is_told_in_french(later, facts, label, old, new):
    listing, _ = made(later)
    Listing.objects.filter(pk=listing.pk).update(**facts)
    [(part, (before, after))] = told(listing).items()
    assert (wording.label(part), before, after) == (label, [old], [new])


def test_commune_and_parent_are_named(later):
    parent, _ = made(later, name="Maison mère")
    listing, _ = made(later)
    Listing.objects.filter(pk=listing.pk).update(commune=commune("85191"), parent=parent)
    assert told(listing) == {
        "parent_id": (["(rien)"], ["Maison mère"]),
        "commune_id": (["Pouzauges"], ["La Roche-sur-Yon"]),
    }


def test_relations_tell_what_came_and_what_went(later):
    listing, _ = made(later)
    listing.zone_links.all().delete()
    CoverageZone.objects.create(listing=listing, territory=territory("departement", "85"))
    link = ListingSituation.objects.get(listing=listing)
    link.role = ListingSituation.Role.HELPS
    link.save()
    PermanenceFactory(listing=listing)
    Contact.objects.create(
        listing=listing, name="Camille Exemple", function="accueil", source="appel",
        recorded_on="2026-11-01", phone="+33261910009",
    )  # fmt: skip
    verify(listing)
    assert told(listing) == {
        "situations": (
            ["Isolement et solitude (cœur de métier)"],
            ["Isolement et solitude (peut aider)"],
        ),
        "zones": (["CC du Pays de Pouzauges"], ["Vendée"]),
        "permanences": ([], [f"mairie, Pouzauges\u00a0: {SECOND_TUESDAY}"]),
        "contacts": (
            [],
            ["Camille Exemple, accueil, 02 61 91 00 09 (visible par responsables seulement)"],
        ),
        "verifications": ([], ["téléphone, appel, le 03/11/2026"]),
    }  # fmt: skip


def test_what_designates_something_gone_says_so(later):
    gone = Situation.objects.create(slug="essai", label="Essai", order=999)
    listing, _ = made(later, situations=["isolement", "essai"])
    pk = gone.pk
    gone.delete()
    later()
    [(old, new)] = told(listing).values()
    assert (old, new) == ([f"(n°\u00a0{pk}, disparu) (cœur de métier)"], [])


def test_changes_of_a_branch_are_not_those_of_its_parent(later):
    parent, _ = made(later)
    branch, _ = made(later, name="Antenne", parent=parent)
    change(branch, phone="+33261910003")
    assert len(versions.read(parent)) == 1


def test_derived_columns_are_nobodys_change(later):
    listing, _ = made(later)
    derived.refresh()
    Listing.objects.get(pk=listing.pk).save()
    assert len(versions.read(listing)) == 1


def test_address_of_a_shelter_is_never_told(later):
    listing, _ = made(later, address="3 rue du Secret", website="https://refuge.example.org")
    Listing.objects.filter(pk=listing.pk).update(is_confidential=True, address="9 rue Cachée")
    found = told(listing)
    assert found["address"] == ([wording.HIDDEN], [wording.HIDDEN])
    assert found["is_confidential"] == (["non"], ["oui"])
    assert "Cach" not in str(found)


def test_address_that_was_told_before_it_was_secret_is_told_no_more(manager, later):
    listing, _ = made(later, address="3 rue du Secret", website="https://refuge.example.org")
    change(listing, is_confidential=True)
    later()
    page = manager.get(f"/gestion/fiches/{listing.pk}/historique/").content.decode()
    assert "Fiche créée" in page
    assert "rue du Secret" not in page
    assert "refuge.example.org" not in page


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"import": "mairies.csv"}, "import «\u00a0mairies.csv\u00a0»"),
        ({"origine": "api", "jeton": 1}, "par l'API"),
        ({"origine": "vocabulaire fourni"}, "vocabulaire fourni"),
        ({"url": "/administration/partners/listing/1/change/"}, "dans l'administration"),
        ({"url": "/gestion/fiches/1/"}, "dans la gestion"),
        ({"url": "/ailleurs/"}, "commande ou traitement"),
    ],
)
def test_way_it_came_is_told(later, context, said):
    listing, _ = made(later)
    with pghistory.context(**context):
        change(listing, phone="+33261910002")
    assert wording.how(versions.read(listing)[-1]) == said


def test_account_is_told_even_once_it_is_gone(later):
    user = UserFactory()
    listing, _ = made(later)
    with pghistory.context(user=user.pk):
        change(listing, phone="+33261910002")
    last = versions.read(listing)[-1]
    assert wording.who(last, wording.authors([last])) == user.email
    assert wording.who(last, {}) == "un compte supprimé"


# Going back


def test_one_field_goes_back_and_the_others_stay(later):
    listing, first = made(later)
    change(listing, phone="+33261910002", acronym="RDB")
    later()
    restore(listing, first, "phone")
    assert (listing.phone, listing.acronym) == ("+33261910001", "RDB")


def test_whole_version_goes_back_with_its_relations(later):
    listing, _ = made(later, situations=["isolement", "addictions"], weekly_hours="10.5")
    PermanenceFactory(listing=listing)
    verify(listing)
    first = later()
    change(listing, name="Autre nom", convention_until="2027-01-31", weekly_hours=None)
    listing.permanences.all().delete()
    listing.zone_links.update(territory=territory("departement", "85"))
    listing.situation_links.filter(situation__slug="addictions").delete()
    later()
    restore(listing, first)
    assert (listing.name, listing.convention_until) == ("Relais du Bocage", None)
    assert str(listing.weekly_hours) == "10.5"
    assert [p.hours for p in listing.permanences.all()] == ["Tu[2] 14:00-17:00"]
    assert [z.code for z in listing.zones.all()] == ["248500464"]
    assert set(listing.situations.values_list("slug", flat=True)) == {"isolement", "addictions"}
    assert listing.verifications.count() == 1
    assert not derived.stale().exists()


def test_going_back_is_undone_like_any_change(later):
    listing, first = made(later)
    change(listing, phone="+33261910002")
    second = later()
    restore(listing, first)
    later()
    restore(listing, second)
    assert listing.phone == "+33261910002"


def test_search_sees_what_went_back(later):
    listing, first = made(later)
    change(listing, status="archive")
    later()
    assert not SearchEntry.objects.filter(pk=listing.pk).exists()
    restore(listing, first)
    assert SearchEntry.objects.filter(pk=listing.pk).exists()


def test_scheme_is_found_again_by_the_name_that_its_structure_took_back(later):
    listing, first = made(later)
    scheme = ListingFactory(kind="dispositif")
    SchemeRole.objects.create(scheme=scheme, structure=listing, role="porteur")
    later()
    change(listing, name="Autre nom")
    derived.refresh()
    later()
    restore(listing, first, "name")
    assert listing.name == "Relais du Bocage"
    assert not derived.stale().exists()


def test_published_record_does_not_go_back_to_what_lacks_something(later):
    listing, first = made(later, zones=[], status="brouillon", situations=[])
    ListingSituation.objects.create(
        listing=listing, situation=Situation.objects.get(slug="isolement")
    )
    change(listing, status="publie")
    later()
    with pytest.raises(restoring.Refused, match="une situation, ou être généraliste"):
        restore(listing, first, "situations")
    assert listing.situation_links.count() == 1


def test_value_that_the_model_refuses_does_not_come_back(later):
    listing, first = made(later, suspended_from="2026-06-10", suspended_until="2026-06-20")
    change(listing, suspended_from="2026-07-01", suspended_until="2026-07-05")
    later()
    with pytest.raises(restoring.Refused, match="La suspension finit après son début"):
        restore(listing, first, "suspended_until")


def test_what_no_longer_exists_does_not_come_back(later):
    gone = Situation.objects.create(slug="essai", label="Essai", order=999)
    listing, first = made(later, situations=["isolement", "essai"])
    gone.delete()
    later()
    with pytest.raises(restoring.Refused):
        restore(listing, first, "situations")
    assert listing.situation_links.count() == 1


def test_two_records_at_most_come_first(later):
    listing, _ = made(later)
    listing.situation_links.update(is_first=True)
    first = later()
    listing.situation_links.update(is_first=False)
    for _ in range(2):
        ListingFactory().situation_links.update(is_first=True)
    later()
    with pytest.raises(restoring.Refused, match="à faire en premier"):
        restore(listing, first)


def test_confidential_address_neither_comes_back_nor_is_lifted(later):
    listing, first = made(later, address="3 rue du Secret", latitude=46.7, longitude=-0.8)
    change(listing, is_confidential=True, address="", latitude=None, longitude=None, acronym="R")
    later()
    restore(listing, first)
    assert (listing.is_confidential, listing.address, listing.latitude) == (True, "", None)
    assert listing.acronym == ""


# What stands around a scheme


def whole_scheme(later):
    """A scheme with a row of each part, and the key of its version."""
    return scheme_with_all(), later()


AROUND = [
    "details",
    "doors",
    "papers",
    "documents",
    "steps",
    "alternatives",
    "ceilings",
    "criteria",
]


def around(listing, *, but=()):
    """What its last version says of the parts around it, keys of rows apart."""
    parts = versions.read(listing)[-1].after.parts
    rows = {part: parts[part].values() for part in AROUND if part not in but}
    return {part: sorted(map(versions.row_facts, found)) for part, found in rows.items()}


def test_parts_of_a_scheme_are_told_row_by_row(later):
    scheme, _ = whole_scheme(later)
    SchemeDetails.objects.filter(listing=scheme).update(capacity="12", money=["pret", "bon"])
    scheme.entry_points.all().delete()
    scheme.papers.update(note="le dernier", is_required=False)
    scheme.documents.update(audience="locataire")
    scheme.steps.update(delay="8 jours")
    scheme.alternatives.update(reason="Bail perdu")
    scheme.ceilings.update(valid_until="2026-12-31")
    Criterion.objects.filter(kind="age").update(minimum=70, is_minimum_included=False)
    later()
    assert told(scheme) == {
        "details": (
            ["places\u00a0: 10"],
            ["si c'est de l'argent\u00a0: prêt, bon ou chèque\u00a0; places\u00a0: 12"],
        ),
        "doors": (["Pouzauges\u00a0: Guichet, 02 61 91 00 04"], []),
        "papers": (["1. Bail"], ["1. Bail (le dernier), si possible"]),
        "documents": (
            ["1. Grille (fiche outil, pour les professionnels)\u00a0: «\u00a0# Grille\u00a0»"],
            ["1. Grille (fiche outil, pour le locataire)\u00a0: «\u00a0# Grille\u00a0»"],
        ),
        "steps": (
            ["1. Rendez-vous, CCAS, fiche outil\u00a0: Grille"],
            ["1. Rendez-vous, CCAS, 8 jours, fiche outil\u00a0: Grille"],
        ),
        "alternatives": (["1. Autre aide\u00a0: Sans bail"], ["1. Autre aide\u00a0: Bail perdu"]),
        "ceilings": (
            [f"Mois, du 01/01/2026\u00a0: {AMOUNTS} (source\u00a0: s)"],
            [f"Mois, du 01/01/2026 au 31/12/2026\u00a0: {AMOUNTS} (source\u00a0: s)"],
        ),
        "criteria": (
            ["Groupe 1 (tout ceci), 1\u00a0: 75\u00a0ans ou plus (sinon Autre aide)"],
            ["Groupe 1 (tout ceci), 1\u00a0: plus de 70\u00a0ans (sinon Autre aide)"],
        ),
    }


AMOUNTS = "1\u00a0pers. 1\u202f200\u00a0€, 2\u00a0pers. 1\u202f500,50\u00a0€"


def test_whole_scheme_goes_back_with_all_that_stands_around_it(later):
    scheme, first = whole_scheme(later)
    before, file = around(scheme), scheme.documents.get().pk
    for rows in (scheme.entry_points, scheme.papers, scheme.documents, scheme.steps):
        rows.all().delete()
    for rows in (scheme.alternatives, scheme.ceilings, scheme.criterion_groups):
        rows.all().delete()
    SchemeDetails.objects.filter(listing=scheme).delete()
    later()
    assert not any(around(scheme).values())
    restore(scheme, first)
    later()
    assert around(scheme) == before
    assert scheme.steps.get().document.pk == file
    assert list(scheme.ceilings.get().amounts) == [1200, Decimal("1500.5")]
    assert [row.question for row in scheme.criterion_groups.get().criteria.all()][1:] == [
        "Est-ce un logement social ?"
    ]
    assert restoring.planned(versions.read(scheme)[-1].after, versions.read(scheme)[0].after) == []


def test_criteria_in_another_order_are_told_by_their_rank(later):
    scheme, _ = whole_scheme(later)
    Criterion.objects.filter(kind="age").update(order=3)
    later()
    age, question = "75\u00a0ans ou plus (sinon Autre aide)", "Est-ce un logement social ?"
    start = "Groupe 1 (tout ceci), "
    assert told(scheme)["criteria"] == (
        [f"{start}1\u00a0: {age}", f"{start}2\u00a0: {question}"],
        [f"{start}1\u00a0: {question}", f"{start}2\u00a0: {age}"],
    )


def test_one_part_of_a_scheme_goes_back_alone(later):
    scheme, first = whole_scheme(later)
    Criterion.objects.filter(kind="age").update(minimum=60)
    Criterion.objects.exclude(kind="age").delete()
    scheme.steps.update(title="Visite")
    later()
    restore(scheme, first, "criteria")
    assert [row.minimum for row in scheme.criterion_groups.get().criteria.all()] == [75, None]
    assert scheme.steps.get().title == "Visite"


def test_record_that_a_part_designated_and_is_no_more(later):
    scheme, first = whole_scheme(later)
    Listing.objects.filter(name="Autre aide").delete()
    scheme.criterion_groups.all().delete()
    later()
    restore(scheme, first, "criteria")
    assert scheme.criterion_groups.get().criteria.first().redirect is None
    with pytest.raises(restoring.Refused, match="n'existe plus"):
        restore(scheme, first, "alternatives")


def test_pdf_that_is_gone_does_not_come_back_and_is_told(manager, later):
    scheme = ListingFactory(name="Fonds d'essai", kind="dispositif")
    facts = {"listing": scheme, "file_name": "plaquette.pdf", "file_size": 9}
    kept = Document.objects.create(title="Plaquette", order=1, **facts)
    gone = Document.objects.create(title="Carnet", order=2, **facts)
    for document in (kept, gone):
        DocumentFile.objects.create(document=document, content=b"%PDF-1.7%")
    first = later()
    Document.objects.filter(pk=kept.pk).update(title="Autre titre")
    gone.delete()
    later()
    page = manager.get(f"/gestion/fiches/{scheme.pk}/historique/{first}/").text
    assert "«&nbsp;Carnet&nbsp;» ne retrouve pas son PDF" in page
    restore(scheme, first)
    assert [(d.title, bytes(d.file.content)) for d in scheme.documents.all()] == [
        ("Plaquette", b"%PDF-1.7%")
    ]


def test_change_made_meanwhile_is_shown_before_anything_is_written(later):
    listing, first = made(later)
    change(listing, phone="+33261910002")
    seen = later()
    change(listing, acronym="RDB")
    later()
    with pytest.raises(restoring.Moved):
        restoring.restore(listing, first, part=None, seen=seen)
    listing.refresh_from_db()
    assert (listing.phone, listing.acronym) == ("+33261910002", "RDB")


# The pages


def test_manager_puts_a_number_back_and_finds_it_in_the_history(manager, later):
    listing, first = made(later)
    with pghistory.context(**{"import": "mairies.csv"}):
        change(listing, phone="+33261910002")
    later()
    page = manager.get(f"/gestion/fiches/{listing.pk}/historique/").content.decode()
    assert "import «\u00a0mairies.csv\u00a0»" in page
    assert f'href="{first}/?champ=phone"' in page
    assert "Fiche créée" in page
    address = f"/gestion/fiches/{listing.pk}/historique/{first}/"
    asked = manager.get(address, {"champ": "phone"})
    assert "reprend «&nbsp;téléphone&nbsp;»" in asked.content.decode()
    sent = {"champ": "phone", "vu": now(listing)}
    answer = manager.post(address, sent, follow=True)
    assert "a repris sa valeur d&#x27;alors" in answer.content.decode()
    later()
    twice = manager.post(address, sent, follow=True)
    assert (twice.status_code, twice.redirect_chain[0][1]) == (200, 302)
    assert "rien n&#x27;a changé" in twice.content.decode()
    page = manager.get(f"/gestion/fiches/{listing.pk}/historique/").content.decode()
    assert page.index("lien@example.org · retour en arrière") < page.index("mairies.csv")
    listing.refresh_from_db()
    assert listing.phone == "+33261910001"


@pytest.mark.parametrize("seen", ["", "x", "1", "9" * 30])
def test_stale_page_shows_again_what_would_change(manager, later, seen):
    listing, first = made(later)
    change(listing, phone="+33261910002")
    later()
    address = f"/gestion/fiches/{listing.pk}/historique/{first}/"
    answer = manager.post(address, {"vu": seen})
    assert answer.status_code == 409
    assert "entre-temps" in answer.content.decode()


def test_refusal_is_said_and_nothing_is_written(manager, later):
    listing, first = made(later, suspended_from="2026-06-10", suspended_until="2026-06-20")
    change(listing, suspended_from="2026-07-01", suspended_until="2026-07-05")
    later()
    address = f"/gestion/fiches/{listing.pk}/historique/{first}/"
    answer = manager.post(address, {"vu": now(listing), "champ": "suspended_until"})
    assert answer.status_code == 409
    assert "La suspension finit après son début" in answer.content.decode()


@pytest.mark.parametrize("address", ["1/", "99999999999999999999999/", "{first}/?champ=inconnu"])
def test_unknown_version_or_part_is_not_found(manager, later, address):
    listing, first = made(later)
    path = f"/gestion/fiches/{listing.pk}/historique/{address.format(first=first)}"
    assert manager.get(path).status_code == 404


def test_history_of_no_record_is_not_found(manager):
    assert manager.get("/gestion/fiches/999999/historique/").status_code == 404


def test_long_history_is_paged_and_asks_the_same_number_of_things(
    manager, later, django_assert_max_num_queries
):
    listing, _ = made(later)
    for number in range(25):
        change(listing, phone=f"+332619100{number + 10}", commune=commune("85182"))
        later()
    address = f"/gestion/fiches/{listing.pk}/historique/"
    with django_assert_max_num_queries(14):
        page = manager.get(address).content.decode()
    assert (page.count("version-head"), "Page 1 sur 2" in page) == (20, True)
    assert "Fiche créée" in manager.get(f"{address}?page=2").content.decode()


def test_record_of_a_manager_links_to_its_history(client, later):
    listing, _ = made(later)
    refresh(listing)
    for role, has_link in ((User.Role.MANAGER, True), (User.Role.ADVISER, False)):
        client.force_login(UserFactory(role=role))
        page = client.get(listing.get_absolute_url()).content.decode()
        assert (f"/gestion/fiches/{listing.pk}/historique/" in page) is has_link
