"""« Guide d'appel »: provided, read on the page of results, the manager's, an agency's own."""

import json

import pytest
from django.core.management import call_command

from partners import call_guides
from partners.imports import vocabulary
from partners.models import AgencyCallGuide, CallGuide, Situation, User
from tests.factories import AgencyFactory, UserFactory
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
RESULTS = "/recherche/?situation=isolement&commune=85182"


def situation(slug="isolement"):
    return Situation.objects.get(slug=slug)


@pytest.fixture(autouse=True)
def nothing_is_kept_of_another_test():
    call_guides.note(object())


@pytest.fixture
def agency():
    return AgencyFactory()


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def words(answer):
    return answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


# What is provided


def test_each_situation_has_a_proposed_guide_of_three_questions():
    guides = {guide.situation.slug: guide for guide in CallGuide.objects.all()}
    assert set(guides) == set(Situation.objects.values_list("slug", flat=True))
    for guide in guides.values():
        assert guide.is_proposed
        assert len(guide.questions) == 3
        assert all([guide.opening, guide.red_flags, guide.not_to_promise, guide.escalate_to])


def test_no_guide_names_a_line_that_is_being_replaced():
    rows = json.loads((vocabulary.FOLDER / "call-guides.json").read_text())
    assert "3977" not in json.dumps(rows)


def test_guide_that_was_written_is_left_alone_even_when_updating():
    CallGuide.objects.filter(situation=situation()).update(opening="À nous.", is_proposed=False)
    call_command("import_vocabulary", update=True, verbosity=0)
    guide = CallGuide.objects.get(situation=situation())
    assert (guide.opening, guide.is_proposed) == ("À nous.", False)


# On the page of results


def test_results_show_the_guide_and_say_that_it_is_proposed(client):
    client.force_login(UserFactory())
    page = words(client.get(RESULTS))
    assert CallGuide.objects.get(situation=situation()).questions[0].replace("\u00a0", " ") in page
    assert "n'a pas encore relu" in page


def test_several_needs_have_each_its_guide_in_their_order():
    both = [situation("impayes"), situation("isolement")]
    assert [guide.situation for guide in call_guides.of(both, None)] == [s.label for s in both]


def test_situation_without_a_guide_shows_none(client):
    CallGuide.objects.all().delete()
    client.force_login(UserFactory())
    assert "Guide d'appel" not in words(client.get(RESULTS))


def test_agency_says_its_own_words_and_the_rest_is_common(agency):
    AgencyCallGuide.objects.create(
        situation=situation(), agency=agency, opening="Ici, on passe vous voir."
    )
    (own,) = call_guides.of([situation()], agency.pk)
    (common,) = call_guides.of([situation()], AgencyFactory().pk)
    assert own.opening == "Ici, on passe vous voir."
    assert own.questions == common.questions
    assert (own.is_own, common.is_own) == (True, False)


def test_guides_cost_a_page_nothing_and_a_change_is_seen_at_once(
    client, django_assert_num_queries, agency
):
    client.force_login(UserFactory(agency=agency))
    client.get(RESULTS)
    needs = list(Situation.objects.all())
    with django_assert_num_queries(0):
        assert len(call_guides.of(needs, agency.pk)) == len(needs)
    AgencyCallGuide.objects.create(
        situation=Situation.objects.get(slug="isolement"), agency=agency, opening="Bonjour à vous."
    )
    assert "Bonjour à vous." in words(client.get(RESULTS))


# The manager


def address(agency, slug="isolement"):
    return f"/gestion/vocabulaire/situations/{situation(slug).pk}/guide/{agency.pk}/"


def send(client, path, **changes):
    fields = read_form(client.get(path), "data-record")
    return client.post(path, fields | changes)


def test_read_guide_is_no_longer_a_proposal(manager):
    path = f"/gestion/vocabulaire/situations/{situation().pk}/"
    before = CallGuide.objects.get(situation=situation())
    send(manager, path, is_guide_read="on")
    after = CallGuide.objects.get(situation=situation())
    assert (after.is_proposed, after.opening) == (False, before.opening)
    assert "J'ai relu ce guide" not in words(manager.get(path))


def test_manager_writes_the_words_of_an_agency_and_goes_back(manager, agency):
    assert send(manager, address(agency), opening="Chez nous.").status_code == 302
    guide = AgencyCallGuide.objects.get()
    assert (guide.agency, guide.opening, guide.questions) == (agency, "Chez nous.", [])
    assert "ses mots à elle" in words(
        manager.get(f"/gestion/vocabulaire/situations/{situation().pk}/")
    )
    assert send(manager, address(agency), opening=" ").status_code == 302
    assert not AgencyCallGuide.objects.exists()


def test_name_in_the_words_of_an_agency_warns_once(manager, agency):
    answer = send(manager, address(agency), opening="Dites à Mme Durand de rappeler")
    assert answer.status_code == 422
    assert "semble nommer quelqu'un" in words(answer)
    assert not AgencyCallGuide.objects.exists()


def test_second_of_two_sees_what_the_first_wrote_of_an_agency(manager, agency):
    AgencyCallGuide.objects.create(situation=situation(), agency=agency, opening="Avant.")
    fields = read_form(manager.get(address(agency)), "data-record")
    AgencyCallGuide.objects.update(opening="Entre-temps.")
    answer = manager.post(address(agency), fields | {"opening": "Après."})
    assert answer.status_code == 409
    assert "Entre-temps." in words(answer)


@pytest.mark.parametrize("text", ["x" * 301, "\0", "<script>alert(1)</script>", "😀"])
def test_any_text_is_kept_as_text_or_refused_beside_its_field(manager, agency, text):
    answer = send(manager, address(agency), opening=text)
    assert answer.status_code in {302, 422}


@pytest.mark.parametrize("keys", [(0, 0), (10**9, 1)])
def test_guide_of_nothing_is_not_found(manager, keys):
    path = "/gestion/vocabulaire/situations/{}/guide/{}/".format(*keys)
    assert manager.get(path).status_code == 404
