"""Write and change a record, in the workspace."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Events

from partners.models import Listing, SchemeRole, SearchEntry, Territory, User, WayThere
from partners.models.derived import stale
from partners.records import facts
from partners.records.fields import BY_ATTR, field_of
from partners.records.form import ASIDE
from tests.factories import ListingFactory, PermanenceFactory, UserFactory, commune, verify
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
NEW = "manage_records_new"


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def address(listing):
    return reverse("manage_records_edit", args=[listing.pk])


def opened(client, listing=None):
    """The fields of the form, as the page gives them."""
    return read_form(client.get(address(listing) if listing else reverse(NEW)), "data-record")


def send(client, fields, listing=None, **changes):
    """The answer to the form sent back with `changes`."""
    data = fields | {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(address(listing) if listing else reverse(NEW), data)


def words(response):
    return " ".join(unescape(response.content.decode()).split())


def created(client, **changes):
    known = {"name": "Relais du Bocage (démonstration)", "action": "enregistrer"}
    answer = send(client, opened(client), **(known | changes))
    assert answer.status_code == 302, words(answer)
    return Listing.objects.latest("pk")


WHOLE = {
    "summary": "Visite les personnes seules.",
    "phone": "02 61 91 00 17",
    "situation-isolement": "coeur",
    "zone_ajout": ["CC du Pays de Pouzauges · intercommunalité"],
    "commune": "Pouzauges (85700)",
}


# Create


def test_a_name_is_enough_for_a_draft(manager):
    listing = created(manager)
    assert (listing.status, listing.source) == (Listing.Status.DRAFT, "saisie en gestion")
    assert not SearchEntry.objects.filter(listing=listing).exists()


def test_record_that_has_all_is_published_and_found(manager):
    zone = commune("85182").epci
    listing = created(manager, **(WHOLE | {"zone_ajout": [zone.code], "action": "publier"}))
    assert (listing.status, listing.phone) == (Listing.Status.PUBLISHED, "+33261910017")
    assert list(listing.zones.all()) == [zone]
    assert listing.commune == commune("85182")
    assert listing.situation_links.get().situation.slug == "isolement"
    assert SearchEntry.objects.filter(listing=listing).exists()
    assert not stale().exists()


def test_what_is_missing_to_publish_is_a_list_of_links_to_fields(manager):
    answer = send(manager, opened(manager), name="Relais", action="publier", source="")
    assert answer.status_code == 422
    for anchor in ("id_summary", "id_phone", "situations", "zones", "id_source"):
        assert f'<a href="#{anchor}">' in answer.content.decode()
        assert f'id="{anchor}"' in answer.content.decode()
    assert not Listing.objects.exists()


def test_unspecified_zone_is_enough_to_publish(manager):
    listing = created(
        manager, **(WHOLE | {"zone_ajout": [""], "is_zone_unspecified": "on", "action": "publier"})
    )
    assert listing.is_zone_unspecified
    assert listing.status == Listing.Status.PUBLISHED


def test_a_second_click_creates_nothing_more(manager):
    fields = opened(manager)
    answers = [send(manager, fields, name="Relais", action="enregistrer") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Listing.objects.count() == 1


def test_form_sent_again_with_changes_asks_and_creates_nothing_more(manager):
    fields = opened(manager)
    send(manager, fields, name="Relais", action="enregistrer")
    answer = send(manager, fields, name="Relais du Lay", action="enregistrer")
    assert answer.status_code == 409
    assert "Relais du Lay" in words(answer)
    assert Listing.objects.get().name == "Relais"


@pytest.mark.parametrize("changes", [{"phone": "02 61 91 00 17"}, {"name": "relais bocage du"}])
def test_record_alike_is_shown_before_another_is_created(manager, changes):
    twin = ListingFactory(name="Relais du Bocage", phone="+33261910017")
    fields = opened(manager)
    known = {"name": "Autre nom", "commune": "Pouzauges (85700)"} | changes
    answer = send(manager, fields, **known)
    assert answer.status_code == 422
    assert address(twin) in answer.content.decode()
    assert send(manager, fields, **known, distincte=[twin.pk]).status_code == 302
    assert Listing.objects.count() == 2


def test_confidential_record_is_not_told_to_be_where_another_is(manager):
    ListingFactory(name="Maison du Tilleul", is_confidential=True)
    created(manager, name="Maison du Tilleuls", commune="Pouzauges (85700)")


# Change


def test_page_of_a_record_shows_every_column_of_the_census(manager):
    listing = ListingFactory()
    fields = opened(manager, listing)
    page = manager.get(address(listing)).content.decode()
    shown = {attr for attr in BY_ATTR if f'name="{attr}"' in page}
    assert shown == set(BY_ATTR) - ASIDE
    assert fields["name"] == [listing.name]


@pytest.mark.parametrize("attr", ["help_kinds", "themes", "source_url", "postal_code", "siret"])
def test_help_of_a_field_never_only_repeats_its_label(attr):
    assert field_of(BY_ATTR[attr]).help_text == ""
    assert field_of(BY_ATTR["phone"]).help_text == "Le numéro que l'on peut donner à tous."


def test_record_sent_back_as_it_was_changes_nothing(manager):
    listing = ListingFactory(
        opening_hours="Mo 09:00-12:00; Tu 09:00-12:00; PH off",
        audiences=["seniors", "femmes"],
        themes=["sante--prevention", "famille--garde"],
        description="Deux\nlignes.",
        helps=["impayes"],
        latitude=46.78,
        longitude=-0.836,
    )
    PermanenceFactory(listing=listing, hours="Tu[2,4] 14:00-17:00; Aug off")
    PermanenceFactory(listing=listing, place="école", hours="Jul-Aug Mo 09:00-10:00")
    listing.contacts.create(name="Contact inventé", source="site", recorded_on=date(2026, 3, 1))
    before = facts.of_listing(listing)
    events = Events.objects.references(listing).count()
    assert send(manager, opened(manager, listing), listing).status_code == 302
    assert facts.of_listing(Listing.objects.get()) == before
    assert Events.objects.references(listing).count() == events


def test_days_of_some_weeks_of_the_month_are_written_shown_and_kept(manager):
    listing = ListingFactory(opening_hours="Mo 09:00-12:00")
    fields = opened(manager, listing) | {"jour_1": ["14h-17h"], "rangs_1": ["1", "3"]}
    assert send(manager, fields, listing).status_code == 302
    listing.refresh_from_db()
    assert listing.opening_hours == "Mo 09:00-12:00; Tu[1,3] 14:00-17:00"
    again = opened(manager, listing)
    assert (again["jour_1"], again["rangs_1"]) == (["14h-17h"], ["1", "3"])
    assert "horaires_texte" not in again or again["horaires_texte"] == [""]
    assert send(manager, again | {"ferme_vacances": ["on"]}, listing).status_code == 302
    listing.refresh_from_db()
    assert listing.opening_hours == "Mo 09:00-12:00; Tu[1,3] 14:00-17:00; SH off"


@pytest.mark.parametrize("hours", ["", "fermé"])
def test_weeks_of_the_month_without_hours_are_refused_beside_the_day(manager, hours):
    listing = ListingFactory()
    fields = opened(manager, listing) | {"jour_2": [hours], "rangs_2": ["1"]}
    answer = send(manager, fields, listing)
    assert answer.status_code == 422
    assert "Écrivez les heures de ce jour" in words(answer)


def test_everything_of_a_record_can_be_changed(manager):
    listing = ListingFactory()
    answer = send(
        manager,
        opened(manager, listing),
        listing,
        **WHOLE,
        jour_0="9h-12h / 14h-17h30",
        jour_1="sur rendez-vous",
        ferme_feries="on",
        audiences=["seniors"],
        has_convention="on",
        convention_until="2027-12-31",
        suspended_from="2026-12-01",
        suspended_until="2026-12-24",
        suspension_message="Fermé pour travaux.",
        permanences__0__place="mairie",
        permanences__0__commune="Les Herbiers",
        permanences__0__day="1",
        permanences__0__ranks=["2", "4"],
        permanences__0__slots="14h-17h",
        permanences__0__is_closed_in_august="on",
        contacts__0__name="Contact inventé",
        contacts__0__phone="02 61 91 00 18",
    )
    assert answer.status_code == 302, words(answer)
    listing = Listing.objects.get()
    assert listing.opening_hours == 'Mo 09:00-12:00,14:00-17:30; Tu "sur rendez-vous"; PH off'
    assert (listing.audiences, listing.convention_until) == (["seniors"], date(2027, 12, 31))
    assert listing.suspended_until == date(2026, 12, 24)
    permanence = listing.permanences.get()
    assert (permanence.hours, permanence.commune.code) == (
        "Tu[2,4] 14:00-17:00; Aug off",
        "85109",
    )
    contact = listing.contacts.get()
    assert (contact.phone, contact.visibility) == ("+33261910018", "responsables")
    assert contact.recorded_on
    assert contact.source
    assert not stale().exists()


def test_what_could_not_be_typed_today_stays_as_it_is_when_left_alone(manager):
    listing = ListingFactory(
        opening_hours="on ne sait pas", description="Deux  espaces.", website="https://é è"
    )
    PermanenceFactory(listing=listing, hours="parfois")
    answer = send(manager, opened(manager, listing), listing, summary="Autre phrase.")
    assert answer.status_code == 302, words(answer)
    kept = Listing.objects.get()
    assert (kept.opening_hours, kept.description) == ("on ne sait pas", "Deux  espaces.")
    assert (kept.website, kept.summary) == ("https://é è", "Autre phrase.")
    assert kept.permanences.get().hours == "parfois"


def test_zone_of_hundreds_of_communes_is_kept_whole(manager):
    communes = list(Territory.objects.communes().order_by("pk")[:320])
    listing = ListingFactory(zones=communes)
    fields = opened(manager, listing)
    assert len(fields["zones"]) == 1
    zone = commune("85182").epci
    assert send(manager, fields, listing, zone_ajout=[zone.code]).status_code == 302
    assert set(listing.zones.all()) == {*communes, zone}


def test_scheme_with_roles_does_not_become_a_structure_and_lose_them(manager):
    scheme = ListingFactory(kind=Listing.Kind.SCHEME)
    scheme.scheme_roles.create(structure=ListingFactory(), role="porteur")
    answer = send(manager, opened(manager, scheme), scheme, kind="structure")
    assert answer.status_code == 422
    assert "Seul un dispositif a des rôles" in words(answer)


def test_rows_of_a_record_keep_their_identity_or_go(manager):
    listing = ListingFactory()
    moved = PermanenceFactory(listing=listing, latitude=46.7, longitude=-0.8)
    gone = PermanenceFactory(listing=listing, place="école")
    fields = opened(manager, listing)
    send(manager, fields, listing, permanences__0__slots="9h-12h", permanences__1__DELETE="on")
    kept = listing.permanences.get()
    assert (kept.pk, kept.hours, kept.latitude) == (moved.pk, "Tu[2] 09:00-12:00", 46.7)
    assert gone.pk != kept.pk


def test_row_of_another_record_is_never_touched(manager):
    other = PermanenceFactory(listing=ListingFactory(), place="école")
    listing = ListingFactory()
    answer = send(
        manager,
        opened(manager, listing),
        listing,
        permanences__0__id=other.pk,
        permanences__0__place="mairie",
        permanences__0__commune="Pouzauges (85700)",
        permanences__0__day="0",
        permanences__0__slots="9h-12h",
    )
    assert answer.status_code == 302
    other.refresh_from_db()
    assert (other.place, other.listing_id != listing.pk) == ("école", True)
    assert listing.permanences.get().place == "mairie"


def test_published_record_that_loses_its_phone_is_refused_or_withdrawn(manager):
    listing = ListingFactory()
    fields = opened(manager, listing)
    answer = send(manager, fields, listing, phone="")
    assert answer.status_code == 422
    assert "les conseillères ne la verront plus" in words(answer)
    assert send(manager, fields, listing, phone="", action="a-verifier").status_code == 302
    listing.refresh_from_db()
    assert (listing.status, listing.phone) == (Listing.Status.TO_CHECK, "")
    assert not SearchEntry.objects.filter(listing=listing).exists()


def test_save_and_see_leads_to_the_page_of_advisers_even_for_a_draft(manager):
    answer = send(manager, opened(manager), name="Relais", action="voir")
    page = manager.get(answer.url)
    assert page.status_code == 200
    assert "Relais" in words(page)


def test_way_there_is_written_changed_and_taken_away(manager):
    listing = created(manager, **WHOLE, without_car="Bus 3, arrêt Mairie")
    assert listing.way_there.without_car == "Bus 3, arrêt Mairie"
    assert "<strong>Sans voiture" in manager.get(listing.get_absolute_url()).text
    send(manager, opened(manager, listing), listing, without_car="", action="enregistrer")
    assert not WayThere.objects.exists()
    answer = send(manager, opened(manager, listing), listing, without_car="a" * 301)
    assert "301 caractères, 300 au plus" in words(answer)


def test_address_made_confidential_loses_its_point_and_siret(manager):
    listing = ListingFactory(latitude=46.7, longitude=-0.8, siret="77567227224553")
    send(manager, opened(manager, listing), listing, is_confidential="on")
    listing.refresh_from_db()
    assert (listing.is_confidential, listing.latitude, listing.siret) == (True, None, "")


def test_two_records_at_most_are_first_for_a_situation(manager):
    for name in ("Premier relais", "Second relais"):
        ListingFactory(name=name).situation_links.update(is_first=True)
    listing = ListingFactory()
    fields = opened(manager, listing) | {"premier-isolement": ["on"]}
    answer = send(manager, fields, listing)
    assert answer.status_code == 422
    assert "« Premier relais » et « Second relais » le sont déjà" in words(answer)


def test_scheme_tells_who_carries_it(manager):
    carrier = ListingFactory(name="Porteur inventé")
    scheme = ListingFactory(kind=Listing.Kind.SCHEME)
    send(
        manager,
        opened(manager, scheme),
        scheme,
        roles__0__role="porteur",
        roles__0__structure="porteur invente",
    )
    assert SchemeRole.objects.get().structure == carrier
    assert not stale().exists()


def test_text_that_seems_to_name_somebody_asks_once(manager):
    listing = ListingFactory()
    fields = opened(manager, listing)
    text = "Mme Durand attend un rappel."
    answer = send(manager, fields, listing, description=text)
    assert answer.status_code == 422
    assert "semble nommer quelqu'un" in words(answer)
    assert send(manager, fields, listing, description=text, confirme="on").status_code == 302


# Two people


def test_second_save_shows_what_the_first_changed_and_lets_choose(manager):
    listing = ListingFactory(summary="Avant.")
    fields = opened(manager, listing)
    send(manager, opened(manager, listing), listing, summary="La première.", email="a@example.org")
    second = send(manager, fields, listing, summary="La seconde.", website="https://example.org")
    assert second.status_code == 409
    for text in ("Avant.", "La première.", "La seconde.", "a@example.org", "@example.org"):
        assert text in words(second)
    shown = read_form(second, "data-record")
    assert shown["garder-email"] == ["sienne"]
    assert "garder-summary" not in shown
    again = send(manager, shown, listing)
    assert again.status_code == 409
    send(manager, shown, listing, **{"garder-summary": "mienne"})
    listing.refresh_from_db()
    assert (listing.summary, listing.email) == ("La seconde.", "a@example.org")
    assert listing.website == "https://example.org"


def test_choice_made_of_what_has_changed_again_is_asked_again(manager):
    listing = ListingFactory(summary="Avant.")
    fields = opened(manager, listing)
    Listing.objects.update(summary="La première.")
    shown = read_form(send(manager, fields, listing, summary="La mienne."), "data-record")
    Listing.objects.update(summary="La deuxième.")
    answer = send(manager, shown, listing, **{"garder-summary": "mienne"})
    assert answer.status_code == 409
    assert "La deuxième." in words(answer)


@pytest.mark.parametrize("version", ["", "faux", "ImFiYyI:1abc:zzz"])
def test_form_without_a_version_of_ours_overwrites_nothing_unasked(manager, version):
    listing = ListingFactory(summary="Avant.")
    fields = opened(manager, listing) | {"version": [version]}
    assert send(manager, fields, listing, summary="Autre.").status_code == 409
    listing.refresh_from_db()
    assert listing.summary == "Avant."


# Sessions


def test_what_is_sent_once_signed_out_comes_back_to_be_sent_again(manager):
    listing = ListingFactory()
    fields = opened(manager, listing)
    manager.logout()
    answer = send(manager, fields, listing, description="Une longue\ndescription.")
    assert answer.status_code == 403
    kept = re.search(r'name="description" value="([^"]*)"', answer.content.decode())[1]
    assert kept.split() == ["Une", "longue", "description."]
    assert 'name="csrfmiddlewaretoken" value="' in answer.content.decode()
    listing.refresh_from_db()
    assert listing.description == ""


@pytest.mark.parametrize(
    ("origin", "is_kept"), [("http://testserver", True), ("https://ailleurs.example", False)]
)
def test_form_whose_token_is_stale_comes_back_only_to_our_own_pages(manager, origin, is_kept):
    manager.handler.enforce_csrf_checks = True
    listing = ListingFactory()
    answer = manager.post(address(listing), {"description": "Tapé."}, headers={"origin": origin})
    assert answer.status_code == 403
    assert ("Tapé." in words(answer)) == is_kept


# Bad input


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "", "Donnez au moins un nom"),
        ("name", "🙂🙂", "Donnez au moins un nom"),
        ("name", "x" * 201, "Texte trop long"),
        ("name", "a\0b", "Caractère invisible interdit"),
        ("name", "=1+1", "formule de tableur"),
        ("name", "\u200b=1+1", "formule de tableur"),
        ("name", "\u202e\u200b", "Donnez au moins un nom"),
        ("summary", "x" * 141, "140 au plus"),
        ("phone", "02 61", "pas un numéro de téléphone"),
        ("phone", "02 61 91 00 01 ou 02 61 91 00 02", "lusieurs numéros"),
        ("email", "personne", "Adresse de courriel non valable"),
        ("website", "ni http ni rien", "Adresse de site non valable"),
        ("mobilisation_url", "ftp://example.org/a", "elle commence par https:// ou http://"),
        ("siret", "123", "SIRET non valable"),
        ("kind", "autre", "choix valide"),
        ("audiences", "martiens", "choix valide"),
        ("audiences", ["tous-publics", "femmes"], "ne va pas avec d'autres publics"),
        ("latitude", "46.7", "vont ensemble"),
        ("latitude", "nord", "ombre attendu"),
        ("commune", "Nulle-Part-sur-Rien", "Aucune commune ne s'appelle"),
        ("commune", "Saint-Hilaire", "lusieurs répondent à ce nom"),
        ("parent", "Structure absente", "Aucune structure ne s'appelle"),
        ("zone_ajout", "Atlantide", "Aucun territoire ne s'appelle"),
        ("zones", "99999", "n'existe pas"),
        ("jour_0", "25h-30h", "pas une heure"),
        ("rangs_0", "6", "choix valide"),
        ("horaires_texte", "des fois", "Horaires illisibles"),
        ("suspended_from", "hier", "AAAA-MM-JJ"),
        ("suspended_from", "0001-01-01", "Vérifiez l'année : entre 1900 et 2099"),
        ("convention_until", "9999-12-31", "Vérifiez l'année : entre 1900 et 2099"),
        ("weeks", "-1", "supérieure ou égale à 0"),
        ("permanences-0-place", "mairie", "Dites dans quelle commune"),
        ("permanences-0-slots", "9h-12h", "Choisissez le jour"),
        ("contacts-0-phone", "02 61 91 00 19", "Donnez son nom"),
        ("contacts-0-recorded_on", "2098-12-31", "dans le futur"),
        ("contacts-0-recorded_on", "0001-01-01", "Vérifiez l'année"),
        ("roles-0-structure", "Personne", "Aucune structure ne s'appelle"),
        ("permanences-TOTAL_FORMS", "mille", ""),
        ("permanences-TOTAL_FORMS", "5000", ""),
    ],
)
def test_bad_value_is_refused_beside_its_field_and_nothing_is_saved(manager, name, value, said):
    listing = ListingFactory()
    before = facts.of_listing(listing)
    values = value if isinstance(value, list) else [value]
    answer = send(manager, opened(manager, listing) | {name: values}, listing)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Rien n'est enregistré" in words(answer)
    assert facts.of_listing(Listing.objects.get()) == before


def test_script_that_is_typed_is_shown_as_text(manager):
    listing = created(manager, name="<script>alert(1)</script>")
    page = manager.get(address(listing)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_empty_post_and_unknown_record_are_answered(manager):
    assert manager.post(reverse(NEW)).status_code == 422
    assert manager.get(reverse("manage_records_edit", args=[999_999])).status_code == 404
    assert manager.post(reverse("manage_records_edit", args=[999_999])).status_code == 404


# Archive


def test_archived_record_leaves_the_search_and_comes_back(manager):
    listing = ListingFactory()
    archive = reverse("manage_records_archive", args=[listing.pk])
    assert manager.get(archive).status_code == 200
    listing.refresh_from_db()
    assert listing.status == Listing.Status.PUBLISHED
    restore = reverse("manage_records_restore", args=[listing.pk])
    assert restore in manager.post(archive, follow=True).content.decode()
    assert not SearchEntry.objects.filter(listing=listing).exists()
    manager.post(restore)
    listing.refresh_from_db()
    assert listing.status == Listing.Status.PUBLISHED
    assert SearchEntry.objects.filter(listing=listing).exists()


# Names proposed


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("commune", "pouz", "Pouzauges (85700)"),
        ("zone", "vendee", "Vendée · département"),
        ("structure", "relais inv", "Relais inventé"),
    ],
)
def test_names_are_proposed_and_understood(manager, kind, typed, expected):
    ListingFactory(name="Relais inventé")
    answer = manager.post(reverse("manage_records_propose"), {"quoi": kind, "texte": typed}).json()
    assert any(expected in label for label in answer["propositions"])


@pytest.mark.parametrize(
    "body", [{}, {"quoi": "x", "texte": "abc"}, {"quoi": "zone", "texte": "\0"}]
)
def test_nothing_is_proposed_for_what_means_nothing(manager, body):
    answer = manager.post(reverse("manage_records_propose"), body)
    assert answer.json() == {"propositions": []}


def test_page_of_a_record_has_a_fixed_number_of_queries(manager, django_assert_max_num_queries):
    listing = ListingFactory(helps=["impayes", "energie"])
    for place in ("mairie", "école", "salle"):
        PermanenceFactory(listing=listing, place=place)
    with django_assert_max_num_queries(14):
        manager.get(address(listing))


# What was checked


def test_a_new_number_is_not_the_one_that_was_checked(manager):
    listing = ListingFactory(phone="+33261910017")
    old = verify(listing, scope="fiche", on=date(2026, 8, 3))
    verify(listing, scope="telephone", on=date(2026, 8, 2))
    send(manager, opened(manager, listing), listing, summary="Autre résumé.")
    assert listing.verifications.count() == 2
    answer = send(manager, opened(manager, listing), listing, phone="02 61 91 00 18")
    assert {(v.scope, v.checked_on, v.checked_by) for v in listing.verifications.all()} == {
        (scope, old.checked_on, old.checked_by) for scope in ("horaires", "zone", "criteres")
    }
    listing.entry.refresh_from_db()
    assert listing.entry.phone_checked_on is None
    shown = words(manager.get(answer.url))
    assert "la vérification de l'ancien ne vaut plus" in shown
    assert reverse("manage_review_listing", args=[listing.pk]) in shown


def test_a_number_checked_today_and_corrected_today_stays_checked(manager):
    listing = ListingFactory(phone="+33261910017")
    verify(listing, scope="telephone", on=timezone.localdate())
    send(manager, opened(manager, listing), listing, phone="02 61 91 00 18")
    assert listing.verifications.count() == 1
