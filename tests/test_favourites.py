"""Favourites: what an account keeps, in folders that its agency may share."""

from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from partners import favourites
from partners.models import Favourite, Folder, Listing, Situation, User
from tests.factories import AgencyFactory, FolderFactory, ListingFactory, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(client, **fields):
    client.user = UserFactory(**fields)
    client.force_login(client.user)
    return client


@pytest.fixture
def adviser(client):
    return signed_in(client)


@pytest.fixture
def agency():
    return AgencyFactory()


@pytest.fixture
def colleague(client, agency):
    """Of the agency that owns `shared`."""
    return signed_in(client, agency=agency)


@pytest.fixture
def shared(agency):
    owner = UserFactory(agency=agency, first_name="Léa", last_name="Inventée")
    return FolderFactory(name="Équipe", owner=owner, shared_with=agency)


def mark(client, listing, **body):
    return client.post(reverse("favourite", args=[listing.pk]), body)


def text_of(response):
    return unescape(response.content.decode()).replace("\xa0", " ")


def held(folder):
    return [favourite.listing for favourite in folder.favourites.order_by("listing__search_key")]


# The star


def test_star_keeps_a_listing_in_a_first_folder_made_for_it(adviser):
    listing = ListingFactory()
    assert mark(adviser, listing, garder="").status_code == 302
    folder = Folder.objects.get()
    assert (folder.name, folder.owner, folder.shared_with) == ("Mes favoris", adviser.user, None)
    assert held(folder) == [listing]
    assert folder.favourites.get().added_by == adviser.user


def test_star_twice_keeps_once(adviser):
    listing = ListingFactory()
    mark(adviser, listing, garder="")
    mark(adviser, listing, garder="")
    assert Favourite.objects.count() == 1


def test_star_never_shows_colleagues_what_was_not_shared(client, agency):
    user = signed_in(client, agency=agency).user
    FolderFactory(name="Mes favoris", owner=user, shared_with=agency)
    listing = ListingFactory()
    mark(client, listing, garder="")
    folder = Folder.objects.get(shared_with=None)
    assert (folder.name, held(folder)) == ("Mes favoris 2", [listing])


def test_star_uses_the_first_private_folder_in_the_order_of_its_owner(adviser):
    FolderFactory(owner=adviser.user, position=2)
    first = FolderFactory(owner=adviser.user, position=1)
    mark(adviser, listing := ListingFactory(), garder="")
    assert held(first) == [listing]


def test_removing_and_undoing_bring_back_the_same_folders(adviser):
    listing = ListingFactory()
    folders = [FolderFactory(owner=adviser.user) for _ in range(3)]
    favourites.keep(listing, by=adviser.user, folder_ids=[folders[1].pk, folders[2].pk])
    answer = adviser.post(
        reverse("favourite", args=[listing.pk]), {"retirer": ""}, headers={"HX-Request": "true"}
    )
    assert not Favourite.objects.exists()
    undo = f"{folders[1].pk},{folders[2].pk}"
    assert f'name="garder" value="{undo}"' in text_of(answer)
    mark(adviser, listing, garder=undo)
    assert [held(folder) for folder in folders] == [[], [listing], [listing]]


def test_removing_without_a_script_offers_to_undo_on_the_page_one_came_from(adviser):
    listing = ListingFactory()
    mark(adviser, listing, garder="")
    folder = Folder.objects.get()
    page = "/recherche/?situation=isolement&commune=85182"
    answer = mark(adviser, listing, retirer="", suite=page)
    assert answer.url == f"{page}#fiche-{listing.pk}"
    shown = text_of(adviser.get(page))
    assert f'name="garder" value="{folder.pk}">Annuler' in shown


def test_star_touched_without_a_script_on_a_page_of_words_keeps_them_in_the_body(adviser):
    ListingFactory()
    body = {"faits": "situation=isolement&commune=85182", "texte": "accompagne jamais"}
    shown = text_of(adviser.post(reverse("results"), body))
    assert 'name="suite" value="/recherche/?situation=isolement&commune=85182"' in shown


def test_star_alone_is_answered_to_a_script(adviser):
    listing = ListingFactory(name="Relais du Bocage")
    answer = adviser.post(
        reverse("favourite", args=[listing.pk]), {"garder": ""}, headers={"HX-Request": "true"}
    )
    words = strip_tags(text_of(answer)).strip()
    assert text_of(answer).strip().startswith("<button")
    assert words == "Gardée, Relais du Bocage : retirer des favoris"


@pytest.mark.parametrize(
    "suite", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", ""]
)
def test_star_never_leads_outside(adviser, suite):
    listing = ListingFactory()
    answer = mark(adviser, listing, garder="", suite=suite)
    assert answer.url == f"{reverse('favourites')}#fiche-{listing.pk}"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"garder": "", "retirer": ""},
        {"garder": "x"},
        {"garder": "٣"},
        {"garder": "9" * 30},
        {"garder": "\0"},
        {"retirer": "1,,2"},
        {"retirer": "-1"},
    ],
)
def test_unknown_gesture_is_refused(adviser, body):
    answer = mark(adviser, ListingFactory(), **body)
    assert answer.status_code == 400
    assert not Favourite.objects.exists()


def test_unknown_listing_is_not_found(adviser):
    assert adviser.post("/favoris/fiches/999999999/", {"garder": ""}).status_code == 404
    assert adviser.post("/favoris/fiches/999999999/", {"retirer": ""}).status_code == 404
    assert adviser.post(f"/favoris/fiches/{10**30}/", {"garder": ""}).status_code == 404


@pytest.mark.parametrize("gesture", ["garder", "retirer"])
def test_draft_cannot_be_kept_nor_its_name_read(adviser, gesture):
    draft = ListingFactory(status=Listing.Status.DRAFT)
    answer = adviser.post(
        reverse("favourite", args=[draft.pk]), {gesture: ""}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 404
    assert draft.name not in text_of(answer)


def test_reading_the_address_of_a_gesture_changes_nothing(adviser):
    listing, folder = ListingFactory(), FolderFactory(owner=adviser.user)
    second = FolderFactory(owner=adviser.user)
    assert adviser.get(reverse("favourite", args=[listing.pk])).url == f"/fiches/{listing.pk}/"
    assert adviser.get(reverse("folder_move", args=[second.pk])).url == reverse("favourites")
    assert adviser.get(reverse("folder_delete", args=[folder.pk])).status_code == 200
    assert not Favourite.objects.exists()
    assert [*favourites.folders(adviser.user)] == [folder, second]


def test_full_folder_says_what_to_do_and_nothing_is_lost(adviser, monkeypatch):
    monkeypatch.setattr(favourites, "MAX_IN_FOLDER", 2)
    for listing in (kept := [ListingFactory(), ListingFactory()]):
        mark(adviser, listing, garder="")
    answer = mark(adviser, ListingFactory(), garder="")
    assert "a déjà 2 fiches" in text_of(adviser.get(answer.url))
    assert set(held(Folder.objects.get())) == set(kept)
    script = {"HX-Request": "true"}
    refused = reverse("favourite", args=[ListingFactory().pk])
    assert adviser.post(refused, {"garder": ""}, headers=script).status_code == 422
    assert mark(adviser, kept[0], garder="").status_code == 302  # it is there already


@pytest.mark.django_db(transaction=True)
def test_star_touched_in_two_tabs_at_once_keeps_once():
    user, listing, start = UserFactory(), ListingFactory(), Barrier(4)

    def touch(_):
        start.wait(timeout=30)
        try:
            favourites.keep(listing, by=user)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as tabs:
        list(tabs.map(touch, range(4)))
    assert held(Folder.objects.get(owner=user)) == [listing]


# On the pages


def test_card_and_record_say_what_is_kept(adviser):
    kept, other = ListingFactory(), ListingFactory()
    mark(adviser, kept, garder="")
    for page in ("/recherche/?situation=isolement&commune=85182", kept.get_absolute_url()):
        assert f'formaction="/favoris/fiches/{kept.pk}/" name="retirer"' in text_of(
            adviser.get(page)
        )
    assert f'formaction="/favoris/fiches/{other.pk}/" name="garder"' in text_of(
        adviser.get(other.get_absolute_url())
    )


def test_kept_costs_no_query_without_favourites_and_one_with(
    adviser, django_assert_num_queries, shared
):
    with django_assert_num_queries(0):
        assert favourites.kept(adviser.user) == set()
    listings = [ListingFactory() for _ in range(3)]
    for listing in listings:
        favourites.keep(listing, by=adviser.user)
    user = User.objects.get(pk=adviser.user.pk)
    with django_assert_num_queries(1):
        assert favourites.kept(user) == {listing.pk for listing in listings}
    assert favourites.kept(user, among=[listings[0].pk]) == {listings[0].pk}
    for listing in listings:
        favourites.remove(listing, by=user)
    user.refresh_from_db()
    with django_assert_num_queries(0):
        assert favourites.kept(user) == set()


def test_what_a_colleague_keeps_is_not_mine(client, colleague, shared):
    listing = ListingFactory()
    favourites.keep(listing, by=shared.owner, folder_ids=[shared.pk])
    colleague.user.refresh_from_db()
    assert favourites.kept(colleague.user) == set()
    assert favourites.kept(User.objects.get(pk=shared.owner_id)) == {listing.pk}


def test_home_shows_the_numbers_of_own_and_shared_folders(colleague, shared):
    mine, ours = ListingFactory(phone="+33261910021"), ListingFactory(phone="+33261910022")
    favourites.keep(mine, by=colleague.user)
    favourites.keep(ours, by=colleague.user, folder_ids=[shared.pk])
    shown = text_of(colleague.get("/"))
    assert shown.index("02 61 91 00 21") < shown.index("02 61 91 00 22")


def test_home_shows_a_few_numbers_and_where_the_others_are(adviser):
    folder = FolderFactory(owner=adviser.user)
    for number in range(favourites.HOME_LINES + 2):
        listing = ListingFactory(name=f"Partenaire {number}", situations=["violences"])
        favourites.keep(listing, by=adviser.user, folder_ids=[folder.pk])
    shelves = favourites.at_hand(User.objects.get(pk=adviser.user.pk))
    assert [line.listing.name for line in shelves[0].lines] == [
        f"Partenaire {number}" for number in range(favourites.HOME_LINES)
    ]
    assert shelves[0].hidden == 2
    assert "Voir les 6 fiches" in text_of(adviser.get("/"))


def test_home_shows_the_first_folders_that_have_something(adviser):
    FolderFactory(owner=adviser.user, name="Vide", position=0)
    for position in range(favourites.HOME_FOLDERS + 1):
        folder = FolderFactory(owner=adviser.user, name=f"Rang {position}", position=position + 1)
        favourites.keep(ListingFactory(), by=adviser.user, folder_ids=[folder.pk])
    shelves = favourites.at_hand(User.objects.get(pk=adviser.user.pk))
    assert [shelf.folder.name for shelf in shelves] == ["Rang 0", "Rang 1", "Rang 2"]


def test_confidential_shelter_stays_off_the_home_page(adviser):
    shelter = ListingFactory(name="Maison discrète", is_confidential=True)
    mark(adviser, shelter, garder="")
    assert favourites.at_hand(User.objects.get(pk=adviser.user.pk)) == []
    assert "Maison discrète" in text_of(adviser.get(reverse("favourites")))


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        (Listing.Status.ARCHIVED, "n'est plus dans l'annuaire"),
        (Listing.Status.TO_CHECK, "En cours de vérification"),
    ],
)
def test_listing_that_left_the_directory_says_so_and_keeps_no_number(adviser, status, notice):
    listing = ListingFactory(name="Relais parti", phone="+33261910031")
    mark(adviser, listing, garder="")
    Listing.objects.filter(pk=listing.pk).update(status=status)
    for page in ("/", reverse("favourites"), Folder.objects.get().get_absolute_url()):
        shown = text_of(adviser.get(page))
        assert "Relais parti" in shown
        assert notice in shown
        assert "02 61 91 00 31" not in shown
    assert listing.get_absolute_url() not in shown
    mark(adviser, listing, retirer=Folder.objects.get().pk)
    assert not Favourite.objects.exists()


def test_suspended_listing_says_until_when_and_keeps_its_number(adviser):
    message = "Fermé jusqu'au 2 janvier"
    listing = ListingFactory(
        status=Listing.Status.SUSPENDED, suspension_message=message, phone="+33261910032"
    )
    mark(adviser, listing, garder="")
    shown = text_of(adviser.get("/"))
    assert message in shown
    assert "02 61 91 00 32" in shown


@pytest.mark.parametrize("page", ["home", "favourites", "folder"])
def test_number_of_queries_does_not_follow_the_number_of_favourites(colleague, shared, page):
    def queries():
        args = [shared.pk] if page == "folder" else []
        with CaptureQueriesContext(connection) as caught:
            assert colleague.get(reverse(page, args=args)).status_code == 200
        return len(caught)

    favourites.keep(ListingFactory(opening_hours="24/7"), by=colleague.user)
    favourites.keep(ListingFactory(), by=shared.owner, folder_ids=[shared.pk])
    before = queries()
    for _ in range(4):
        folder = FolderFactory(owner=colleague.user)
        for _ in range(3):
            listing = ListingFactory(opening_hours="24/7")
            ids = [folder.pk, shared.pk]
            favourites.keep(listing, by=colleague.user, folder_ids=ids)
    assert queries() == before <= (14 if page == "home" else 12)


# Folders


def test_folder_is_made_renamed_and_deleted_by_its_owner(adviser):
    assert adviser.post(reverse("favourites"), {"name": " Aides   énergie "}).status_code == 302
    folder = Folder.objects.get()
    assert (folder.name, folder.owner, folder.shared_with) == ("Aides énergie", adviser.user, None)
    answer = adviser.post(reverse("folder_edit", args=[folder.pk]), {"name": "Énergie"})
    assert answer.url == folder.get_absolute_url()
    folder.refresh_from_db()
    assert (folder.name, folder.search_key) == ("Énergie", "energie")
    favourites.keep(ListingFactory(), by=adviser.user)
    url = reverse("folder_delete", args=[folder.pk])
    assert "Il contient 1 fiche." in text_of(adviser.get(url))
    assert adviser.post(url).url == reverse("favourites")
    assert not Folder.objects.exists()
    assert not User.objects.get(pk=adviser.user.pk).has_favourites


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "obligatoire"),
        ("   ", "obligatoire"),
        ("!!!", "lettres ou des chiffres"),
        ("a" * 61, "60 caractères"),
        ("energie", "déjà un dossier de ce nom"),
        ("a\0b", "caractère nul"),
    ],
)
def test_name_of_a_folder_that_cannot_be_says_why(adviser, name, sentence):
    FolderFactory(name="Énergie", owner=adviser.user)
    other = FolderFactory(name="Autre", owner=adviser.user)
    for url in (reverse("favourites"), reverse("folder_edit", args=[other.pk])):
        answer = adviser.post(url, {"name": name})
        assert answer.status_code == 422
        assert sentence in text_of(answer)
    assert sorted(Folder.objects.values_list("name", flat=True)) == ["Autre", "Énergie"]


def test_two_accounts_may_use_the_same_name(adviser):
    FolderFactory(name="Énergie")
    adviser.post(reverse("favourites"), {"name": "Énergie"})
    assert Folder.objects.filter(search_key="energie").count() == 2


def test_folder_name_that_names_somebody_warns_once_and_never_blocks(adviser):
    body = {"name": "Mme Durand"}
    answer = adviser.post(reverse("favourites"), body)
    assert not Folder.objects.exists()
    assert "semble nommer quelqu'un" in text_of(answer)
    adviser.post(reverse("favourites"), body | {"confirme": "on"})
    assert Folder.objects.get().name == "Mme Durand"


def test_history_forgets_the_name_of_a_folder_that_was_changed(adviser):
    folder = FolderFactory(owner=adviser.user, name="Mme Durand")
    favourites.change_folder(folder, name="Aide à domicile", is_shared=False)
    assert not hasattr(folder.events.model, "name")
    assert "Durand" not in str(list(folder.events.values()))


def test_history_tells_who_changed_a_shared_folder(colleague, shared):
    listing = ListingFactory()
    mark(colleague, listing, garder=shared.pk)
    mark(colleague, listing, retirer=shared.pk)
    events = Favourite.pgh_event_model.objects.filter(folder=shared).order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "delete"]
    assert {event.pgh_context.metadata["user"] for event in events} == {colleague.user.pk}


def test_too_many_folders_are_refused(adviser, monkeypatch):
    monkeypatch.setattr(favourites, "MAX_FOLDERS", 1)
    FolderFactory(owner=adviser.user)
    answer = adviser.post(reverse("favourites"), {"name": "Un de plus"})
    assert answer.status_code == 422
    assert "1 dossiers au plus" in text_of(answer)


def test_folder_goes_up_one_place_at_a_time(adviser):
    first, second, third = [FolderFactory(owner=adviser.user, position=n) for n in (0, 0, 5)]
    adviser.post(reverse("folder_move", args=[third.pk]))
    assert [*favourites.folders(adviser.user)] == [first, third, second]
    adviser.post(reverse("folder_move", args=[first.pk]))
    assert [*favourites.folders(adviser.user)] == [first, third, second]


def test_new_folder_comes_last(adviser):
    FolderFactory(owner=adviser.user, position=7)
    adviser.post(reverse("favourites"), {"name": "A"})
    assert [folder.name for folder in favourites.folders(adviser.user)][-1] == "A"


def test_new_folder_may_be_made_for_a_listing(adviser):
    listing = ListingFactory()
    answer = adviser.post(reverse("favourites"), {"name": "Énergie", "fiche": listing.pk})
    assert answer.url == reverse("arrange", args=[listing.pk])
    assert held(Folder.objects.get()) == [listing]


@pytest.mark.parametrize("fiche", ["licorne", "999999999", "9" * 40])
def test_new_folder_for_an_unknown_listing_is_refused(adviser, fiche):
    assert adviser.post(reverse("favourites"), {"name": "A", "fiche": fiche}).status_code == 422
    assert not Folder.objects.exists()


# Filing


def test_listing_is_filed_in_the_folders_that_are_ticked(adviser):
    listing = ListingFactory()
    one, two = FolderFactory(owner=adviser.user), FolderFactory(owner=adviser.user)
    favourites.keep(listing, by=adviser.user, folder_ids=[one.pk])
    url = reverse("arrange", args=[listing.pk])
    assert f'name="avant" value="{one.pk}"' in text_of(adviser.get(url))
    answer = adviser.post(url, {"dossiers": [two.pk], "avant": one.pk})
    assert answer.url == listing.get_absolute_url()
    assert (held(one), held(two)) == ([], [listing])


def test_filing_leaves_alone_what_a_colleague_did_meanwhile(colleague, shared):
    listing, mine = ListingFactory(), FolderFactory(owner=colleague.user)
    favourites.keep(listing, by=shared.owner, folder_ids=[shared.pk])
    body = {"dossiers": [mine.pk], "avant": ""}
    colleague.post(reverse("arrange", args=[listing.pk]), body)
    assert (held(shared), held(mine)) == ([listing], [listing])


@pytest.mark.parametrize("body", [{"dossiers": ["x"]}, {"dossiers": ["999999999"]}, {"avant": "x"}])
def test_filing_in_an_unknown_folder_is_refused(adviser, body):
    answer = adviser.post(reverse("arrange", args=[ListingFactory().pk]), body)
    assert answer.status_code == 422
    assert not Favourite.objects.exists()


def test_filing_in_a_full_folder_changes_nothing(adviser, monkeypatch):
    monkeypatch.setattr(favourites, "MAX_IN_FOLDER", 1)
    listing = ListingFactory()
    full, other = FolderFactory(owner=adviser.user), FolderFactory(owner=adviser.user)
    favourites.keep(ListingFactory(), by=adviser.user, folder_ids=[full.pk])
    favourites.keep(listing, by=adviser.user, folder_ids=[other.pk])
    body = {"dossiers": [full.pk], "avant": other.pk}
    answer = adviser.post(reverse("arrange", args=[listing.pk]), body)
    assert "a déjà 1 fiches" in text_of(answer)
    assert held(other) == [listing]


# Sharing


def test_owner_shares_with_her_agency_and_stops(client, agency):
    user = signed_in(client, agency=agency).user
    client.post(reverse("favourites"), {"name": "Équipe", "is_shared": "on"})
    folder = Folder.objects.get()
    assert folder.shared_with == agency
    user.agency = AgencyFactory()
    user.save()
    edit = reverse("folder_edit", args=[folder.pk])
    client.post(edit, {"name": "Équipe", "is_shared": "on"})
    assert Folder.objects.get().shared_with == agency  # it stays with those who use it
    client.post(edit, {"name": "Équipe"})
    assert Folder.objects.get().shared_with is None


def test_account_without_agency_shares_nothing(adviser):
    assert "Partager avec" not in text_of(adviser.get(reverse("favourites")))
    adviser.post(reverse("favourites"), {"name": "Équipe", "is_shared": "on"})
    assert Folder.objects.get().shared_with is None


def test_colleague_reads_a_shared_folder_adds_and_removes(colleague, shared):
    listing = ListingFactory(phone="+33261910041")
    mark(colleague, listing, garder=shared.pk)
    assert held(shared) == [listing]
    shown = text_of(colleague.get(shared.get_absolute_url()))
    assert "02 61 91 00 41" in shown
    assert "Dossier de Léa Inventée" in shown
    assert f"Ajoutée par {colleague.user.email}" in shown
    mark(colleague, listing, retirer=shared.pk)
    assert held(shared) == []


def test_colleague_neither_renames_nor_orders_nor_deletes_a_shared_folder(colleague, shared):
    for name in ("folder_edit", "folder_delete", "folder_move"):
        body = {"name": "À moi"}
        assert colleague.post(reverse(name, args=[shared.pk]), body).status_code == 403
    assert Folder.objects.get().name == "Équipe"


def test_private_folder_of_a_colleague_does_not_exist(colleague, agency):
    secret = FolderFactory(owner=UserFactory(agency=agency), name="À moi seule")
    expect_out(colleague, secret)


def test_other_agency_and_account_without_agency_stay_out(client, shared):
    expect_out(signed_in(client, agency=AgencyFactory()), shared)
    expect_out(signed_in(client), shared)
    expect_out(signed_in(client, role=User.Role.ADMINISTRATOR), shared)


def expect_out(client, folder):
    listing = ListingFactory()
    favourites.keep(listing, by=folder.owner, folder_ids=[folder.pk])
    before = (folder.name, held(folder))
    for name in ("folder", "folder_edit", "folder_delete"):
        assert client.get(reverse(name, args=[folder.pk])).status_code == 404
    for name in ("folder_edit", "folder_delete", "folder_move"):
        assert client.post(reverse(name, args=[folder.pk]), {"name": "X"}).status_code == 404
    assert folder.name not in text_of(client.get(reverse("favourites")))
    assert folder.name not in text_of(client.get(reverse("arrange", args=[listing.pk])))
    mark(client, other := ListingFactory(), garder=folder.pk)
    mark(client, listing, retirer=folder.pk)
    client.post(reverse("arrange", args=[other.pk]), {"dossiers": [folder.pk], "avant": ""})
    client.post(reverse("arrange", args=[listing.pk]), {"dossiers": [], "avant": folder.pk})
    folder.refresh_from_db()
    assert (folder.name, held(folder)) == before


def test_field_staff_keep_their_own_and_read_what_is_shared(client, agency, shared):
    signed_in(client, agency=agency, role=User.Role.FIELD)
    listing, ours = ListingFactory(), ListingFactory(phone="+33261910051")
    favourites.keep(ours, by=shared.owner, folder_ids=[shared.pk])
    mark(client, listing, garder="")
    assert favourites.kept(User.objects.get(pk=client.user.pk)) == {listing.pk}
    shown = text_of(client.get(reverse("favourites")))
    assert "02 61 91 00 51" in shown
    assert "Partager avec" not in shown
    mark(client, listing, garder=shared.pk)
    mark(client, ours, retirer=shared.pk)
    client.post(reverse("favourites"), {"name": "Autre", "is_shared": "on"})
    assert held(shared) == [ours]
    assert not Folder.objects.filter(owner=client.user, shared_with=agency).exists()


def test_agency_shares_so_many_folders_and_no_more(client, agency, shared, monkeypatch):
    monkeypatch.setattr(favourites, "MAX_FOLDERS", 1)
    signed_in(client, agency=agency)
    answer = client.post(reverse("favourites"), {"name": "Encore", "is_shared": "on"})
    assert answer.status_code == 422
    assert "Votre agence partage déjà" in text_of(answer)


@pytest.mark.parametrize("name", ["folder", "folder_edit", "folder_delete", "folder_move"])
def test_unknown_folder_is_not_found(adviser, name):
    for pk in (999999999, 10**30):
        assert adviser.post(reverse(name, args=[pk]), {}).status_code in {404, 405}
        assert adviser.get(reverse("folder", args=[pk])).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["favourites", "folder", "folder_edit", "folder_delete", "folder_move", "favourite", "arrange"],
)
def test_anonymous_visitor_is_asked_to_sign_in(client, shared, name):
    url = reverse(name, args=[] if name == "favourites" else [shared.pk])
    for answer in (client.get(url), client.post(url, {"name": "X", "garder": ""})):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("login"))


def test_pages_of_favourites_are_never_stored(colleague, shared):
    for url in (reverse("favourites"), shared.get_absolute_url()):
        assert "no-store" in colleague.get(url).headers["Cache-Control"]


# Last seen


def seen(client, listing):
    return 'data-seen="' in text_of(client.get(listing.get_absolute_url()))


def test_tab_remembers_a_record_by_its_name_and_address_alone(adviser):
    listing = ListingFactory(name="Relais du Bocage")
    shown = text_of(adviser.get(f"{listing.get_absolute_url()}?situation=isolement&commune=85182"))
    facts = f'data-name="Relais du Bocage" data-url="{listing.get_absolute_url()}"'
    assert f'data-seen="{listing.pk}" {facts}>' in shown


def test_tab_never_remembers_what_would_tell_of_a_danger(adviser):
    danger = Situation.objects.filter(is_danger=True).values_list("slug", flat=True)
    assert not seen(adviser, ListingFactory(is_confidential=True))
    assert not seen(adviser, ListingFactory(situations=list(danger)))
    assert not seen(adviser, ListingFactory(situations=["isolement", danger[0]]))
    assert not seen(adviser, ListingFactory(situations=[], helps=[danger[0]]))
    assert seen(adviser, ListingFactory(situations=["isolement"], helps=[danger[0]]))
    assert seen(adviser, ListingFactory(situations=[danger[0]], is_generalist=True))
    assert not seen(adviser, ListingFactory(is_generalist=True, is_confidential=True))
