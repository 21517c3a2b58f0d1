"""The register of gaps: from a report or an empty cell to the record that closes it."""

import pytest

from partners.models import Gap, Report, Situation, User
from tests.factories import AgencyFactory, ListingFactory, UserFactory, commune, territory

pytestmark = pytest.mark.django_db

REGISTER, NEW = "/gestion/manques/", "/gestion/manques/nouveau/"
EPCI = ("epci", "248500464")


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER, email="lien@example.org"))
    return client


def isolation():
    return Situation.objects.get(slug="isolement")


def make(**facts):
    known = {"situation": isolation(), "territory": territory(*EPCI)}
    return Gap.objects.create(**known | facts)


def report(code, *slugs):
    made = Report.objects.create(kind=Report.Kind.MISSING, territory=commune(code))
    made.situations.set(Situation.objects.filter(slug__in=slugs))


def form(**changes):
    facts = {
        "situation": "isolement",
        "territory": territory(*EPCI).pk,
        "status": "signale",
        "closed_by": "",
        "note": "",
    }
    return facts | changes


def html(client, address, status=200):
    answer = client.get(address, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


# Writing it down


def test_empty_cell_opens_the_form_with_need_and_place(manager):
    pk = territory(*EPCI).pk
    page = html(manager, f"{NEW}?situation=isolement&territoire={pk}")
    assert '<option value="isolement" selected>' in page
    assert f'<option value="{pk}" selected>' in page


def test_gap_is_written_down_with_who_did(manager):
    answer = manager.post(NEW, form(note="Rien depuis la fermeture du relais."), follow=True)
    gap = Gap.objects.get()
    assert answer.redirect_chain == [(gap.get_absolute_url(), 302)]
    assert gap.created_by.email == "lien@example.org"
    page = answer.content.decode()
    assert "Signalé <span" in page
    assert "lien@example.org" in page


def test_gap_already_known_opens_instead_of_a_second_one(manager):
    gap = make()
    asked = {"situation": "isolement", "territoire": gap.territory_id}
    assert manager.get(NEW, asked).url == gap.get_absolute_url()
    answer = manager.post(NEW, form())
    assert answer.status_code == 422
    assert "déjà inscrit" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["?situation=inconnue&territoire=1", "?territoire=x%27", "?territoire=99999999999"]
)
def test_form_opens_whatever_the_address_says(manager, address):
    assert "Inscrire un manque" in html(manager, NEW + address)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"situation": "inconnue"}, "n&#x27;existe pas ou plus"),
        ({"territory": "0"}, "pas l&#x27;un des vôtres"),
        ({"territory": "abc"}, "pas l&#x27;un des vôtres"),
        ({"status": "comble"}, "dit quelle fiche y répond"),
        ({"status": "comble", "closed_by": "999999999"}, "Aucune fiche"),
        ({"status": "comble", "closed_by": "https://x.example.org/fiches/a"}, "Aucune fiche"),
        ({"note": "x" * 2001}, "2000"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(manager, changes, said):
    answer = manager.post(NEW, form(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Gap.objects.exists()


def test_note_that_names_somebody_warns_once(manager):
    named = form(note="Mme Durand attend depuis mars")
    answer = manager.post(NEW, named)
    assert "semble nommer" in answer.content.decode()
    assert not Gap.objects.exists()
    manager.post(NEW, named | {"confirme": "on"})
    assert Gap.objects.get().note == "Mme Durand attend depuis mars"


# What becomes of it


def test_gap_is_closed_by_a_record_given_by_its_name(manager):
    gap, listing = make(), ListingFactory(name="Relais du Bocage")
    manager.post(gap.get_absolute_url(), form(status="comble", closed_by="relais du bocage"))
    gap.refresh_from_db()
    assert gap.closed_by == listing
    assert "Relais du Bocage · fiche" in manager.get(gap.get_absolute_url()).content.decode()


def test_gap_is_closed_by_a_record_given_by_its_address(manager):
    gap, listing = make(), ListingFactory()
    address = f"https://annuaire.example.org{listing.get_absolute_url()}"
    manager.post(gap.get_absolute_url(), form(status="comble", closed_by=address))
    gap.refresh_from_db()
    assert (gap.status, gap.closed_by) == (Gap.Status.CLOSED, listing)
    assert listing.name in html(manager, f"{REGISTER}?etat=comble")
    assert "Aucun manque en cours" in html(manager, REGISTER)


def test_gap_opened_again_forgets_what_closed_it(manager):
    listing = ListingFactory()
    gap = make(status="comble", closed_by=listing)
    manager.post(gap.get_absolute_url(), form(status="etudie", closed_by=str(listing.pk)))
    gap.refresh_from_db()
    assert (gap.status, gap.closed_by) == (Gap.Status.STUDIED, None)


def test_steps_are_told_in_order_and_notes_are_no_step(manager):
    manager.post(NEW, form())
    gap = Gap.objects.get()
    manager.post(gap.get_absolute_url(), form(note="Vu avec l'agence."))
    manager.post(gap.get_absolute_url(), form(note="Vu avec l'agence.", status="etudie"))
    page = html(manager, gap.get_absolute_url())
    steps = page[page.index("gap-steps") : page.index("gap-remove")]
    assert steps.count("<li>") == 2
    assert steps.index("Signalé") < steps.index("Étudié")


def test_gap_written_by_mistake_is_removed(manager):
    gap = make()
    page = manager.post(f"{gap.get_absolute_url()}retirer/", follow=True).content.decode()
    assert "est retiré du registre" in page
    assert not Gap.objects.exists()


@pytest.mark.parametrize("address", ["999999/", "999999/retirer/"])
def test_gap_that_does_not_exist_is_not_found(manager, address):
    assert manager.post(REGISTER + address).status_code == 404


# What people report


def test_reports_of_a_territory_are_counted_with_its_gap(manager):
    report("85182", "isolement")
    report("85031", "isolement", "addictions")
    report("85191", "isolement")
    gap = make()
    assert "Signalé 2 fois" in html(manager, gap.get_absolute_url())
    assert "<td>2</td>" in html(manager, REGISTER)


def test_reports_of_a_sector_are_those_of_its_communes(manager):
    sector = AgencyFactory().sector
    sector.communes.add(commune("85191"))
    report("85191", "isolement")
    report("85182", "isolement")
    assert "Signalé 1 fois" in html(manager, make(territory=sector).get_absolute_url())


def test_reports_that_no_gap_holds_are_proposed_the_most_frequent_first(manager):
    report("85182", "isolement")
    report("85191", "addictions")
    report("85191", "addictions")
    page = html(manager, REGISTER)
    assert page.index("Addictions") < page.index("Isolement et solitude")
    make()
    page = html(manager, REGISTER)
    assert "situation=isolement" not in page
    assert "situation=addictions" in page


def test_cell_of_the_board_shows_its_gap(manager):
    gap = make(status="etudie")
    assert "Inscrit aux manques&nbsp;: étudié" in html(manager, "/gestion/couverture/")
    assert gap.get_absolute_url() in html(manager, "/gestion/couverture/isolement/248500464/")


def test_list_asks_the_same_number_of_things_whatever_its_length(
    manager, django_assert_max_num_queries
):
    for situation in Situation.objects.all():
        make(situation=situation)
    with django_assert_max_num_queries(14):
        html(manager, REGISTER)
