"""The situations and their words, kept by the manager."""

from html import unescape

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners import box
from partners.models import (
    CallGuide,
    Gap,
    Helpline,
    Listing,
    ListingSituation,
    Situation,
    User,
)
from partners.models.derived import stale
from partners.vocabulary import situations
from tests.factories import ListingFactory, UserFactory, commune
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
LIST = "/gestion/vocabulaire/situations/"
NEW = f"{LIST}nouvelle/"


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def situation(slug="isolement"):
    return Situation.everything.get(slug=slug)


def address(slug="isolement", end=""):
    return f"{LIST}{situation(slug).pk}/{end}"


def opened(client, where):
    return read_form(client.get(where), "data-record")


def send(client, where, fields=None, **changes):
    data = (opened(client, where) if fields is None else fields) | {"action": "enregistrer"}
    return client.post(where, data | changes)


def words(response):
    return " ".join(unescape(response.content.decode()).split()).replace("\u00a0", " ")


def understood(text):
    return [found.slug for found in box.read(text, departement="85").situations]


# Words


def test_form_sent_back_as_it_is_changes_nothing(manager):
    for slug in ("isolement", "violences", "impayes"):
        event = Situation.pgh_event_model.objects.filter(pgh_obj__slug=slug)
        before = event.count()
        answer = manager.post(address(slug), opened(manager, address(slug)), follow=True)
        assert "Rien n'a changé" in words(answer)
        assert event.count() == before


def test_new_word_is_found_by_the_search_at_once_and_history_knows_who_wrote_it(manager):
    assert understood("zinzolin") == []
    fields = opened(manager, address())
    answer = send(manager, address(), fields, synonyms=f"{fields['synonyms'][0]}\nzinzolin")
    assert answer.status_code == 302
    assert understood("zinzolin") == ["isolement"]
    last = Situation.pgh_event_model.objects.order_by("pgh_id").last()
    assert "zinzolin" in last.synonyms
    assert last.pgh_context.metadata["user"] == User.objects.get().pk


def test_phrase_is_tried_with_the_words_as_typed_and_nothing_is_saved(manager):
    fields = opened(manager, address()) | {"essai": "il est zinzolin à Pouzauges"}
    before = words(manager.post(address(end="essayer/"), fields))
    assert "Elle ne mène pas ici" in before
    fields["synonyms"] = [fields["synonyms"][0] + "\nzinzolin"]
    after = words(manager.post(address(end="essayer/"), fields))
    assert "Elle mène ici" in after
    assert "Pouzauges" in after
    assert "zinzolin" not in situation().synonyms


def test_trial_without_script_keeps_all_that_was_typed(manager):
    fields = opened(manager, address()) | {
        "label": "Solitude et ennui",
        "essai": "mémé seule",
        "action": "essayer",
    }
    answer = manager.post(address(), fields)
    assert answer.status_code == 200
    assert 'value="Solitude et ennui"' in answer.content.decode()
    assert "Elle mène ici" in words(answer)
    assert situation().label != "Solitude et ennui"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("alcool", "« alcool » mène déjà à « Addictions »"),
        ("avec les", "« avec les » n'a que des mots courants"),
        ("Challans", "« Challans » est aussi une commune d'ici"),
        ("violences conjugales graves fils", None),
    ],
)
def test_word_that_would_not_do_what_is_hoped_is_told_before_it_is_saved(manager, word, told):
    fields = opened(manager, address())
    fields["synonyms"] = [fields["synonyms"][0] + f"\n{word}"]
    said = words(manager.post(address(end="essayer/"), fields))
    assert (told in said) if told else "À savoir" not in said


def test_phrases_of_others_that_would_lead_here_are_listed(manager):
    def told(word):
        return words(manager.post(address(end="essayer/"), fields | {"synonyms": [word]}))

    Situation.objects.filter(slug="precarite-alimentation").update(synonyms=["le frigo vide"])
    fields = opened(manager, address())
    assert "mèneraient ici" not in told("zinzolin")
    assert "dans « le frigo vide », il mènera toujours à" in told("frigo")
    Situation.objects.filter(slug="violences").update(synonyms=["1er zinzolin"])
    assert "« 1er zinzolin »" in told("zinzolin")


@pytest.mark.parametrize("text", ["", "😀", "<script>alert(1)</script>", "x" * 5000, "\0", "a\nb"])
def test_trial_takes_anything(manager, text):
    for where in (address(end="essayer/"), f"{NEW}essayer/"):
        answer = manager.post(where, {"essai": text, "synonyms": text, "label": text})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


# The rest of the form


def test_helpline_is_named_with_its_number_once(manager):
    line = Helpline.objects.active().filter(name__startswith=F("number")).first()
    situation().helpline_links.create(helpline=line, order=9)
    page = manager.get(address()).content.decode()
    assert line.name in page
    assert f"{line.number} · {line.number}" not in page
    other = Helpline(number="02 61 91 00 01", name="Veille inventée")
    assert other.label == "02 61 91 00 01 · Veille inventée"


def test_helplines_keep_the_order_given_and_can_be_moved_without_script(manager):
    keys = [str(line.pk) for line in Helpline.objects.active()[:3]]
    fields = opened(manager, address()) | {"helplines": keys, "action": f"monter-{keys[2]}"}
    shown = read_form(manager.post(address(), fields), "data-record")["helplines"]
    assert [key for key in shown if key] == [keys[0], keys[2], keys[1]]
    send(manager, address(), fields, helplines=shown)
    links = situation().helpline_links.order_by("order")
    assert [str(link.helpline_id) for link in links] == [keys[0], keys[2], keys[1]]


def test_call_guide_is_kept_with_the_situation(manager):
    send(
        manager,
        address(),
        opening="Bonjour, comment allez-vous aujourd'hui ?",
        questions="Voyez-vous du monde ?\n\nVoyez-vous du monde ?\nQui vous aide ?",
        escalate_to="L'équipe du lien social.",
    )
    guide = CallGuide.objects.get(situation__slug="isolement")
    assert guide.questions == ["Voyez-vous du monde ?", "Qui vous aide ?"]
    assert opened(manager, address())["opening"] == [guide.opening]
    assert CallGuide.pgh_event_model.objects.filter(situation=guide.situation).exists()


def test_name_in_the_guide_warns_once_and_never_blocks(manager):
    fields = opened(manager, address()) | {"escalate_to": "Mme Durand boit"}
    answer = send(manager, address(), fields)
    assert answer.status_code == 422
    assert "semble nommer quelqu'un" in words(answer)
    assert send(manager, address(), fields, confirme="on").status_code == 302


def test_situation_is_created_with_its_tile_its_words_and_its_place_at_the_end(manager):
    fields = opened(manager, NEW) | {
        "label": "Animaux et compagnie",
        "icon": "star",
        "synonyms": "chien\nchat perdu",
        "themes": ["famille--soutien-aidants", ""],
    }
    assert send(manager, NEW, fields).status_code == 302
    made = situation("animaux-et-compagnie")
    assert (made.synonyms, made.themes) == (["chien", "chat perdu"], ["famille--soutien-aidants"])
    assert list(Situation.objects.all())[-1] == made
    assert understood("chat perdu") == [made.slug]
    assert "Animaux et compagnie" in words(manager.get("/"))
    again = send(manager, NEW, fields)
    assert again.status_code == 422
    assert "« Animaux et compagnie » existe déjà" in words(again)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"label": ""}, "Ce champ est obligatoire"),
        ({"label": "😀"}, "Donnez un nom avec des lettres"),
        ({"label": "x" * 81}, "80 caractères"),
        ({"label": "violences"}, "« Violences » existe déjà"),
        ({"icon": "nulle-part"}, "nulle-part"),
        ({"synonyms": "x" * 121}, "120 caractères au plus par ligne"),
        ({"synonyms": "\n".join(map(str, range(1_001)))}, "1000 lignes au plus"),
        ({"synonyms": "!!!"}, "n'a ni lettre ni chiffre"),
        ({"themes": ["inventee--theme"]}, "n'est pas dans la liste officielle"),
        ({"helplines": ["999999"]}, "n'existe plus"),
        ({"helplines": ["abc"]}, "n'existe plus"),
        ({"internal_subject": "abc"}, "abc"),
        ({"questions": "x" * 241}, "240 caractères au plus par ligne"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(manager, changes, told):
    before = Situation.objects.filter(slug="isolement").values().get()
    answer = send(manager, address(), **changes)
    assert answer.status_code == 422
    assert told in words(answer)
    assert Situation.objects.filter(slug="isolement").values().get() == before


def test_second_of_two_who_write_at_once_sees_what_the_first_wrote(manager):
    fields = opened(manager, address())
    send(manager, address(), fields, label="Solitude")
    answer = send(manager, address(), fields, description="Personne à qui parler.")
    assert answer.status_code == 409
    assert "Solitude" in words(answer)
    assert "Personne à qui parler." in words(answer)
    seen = read_form(answer, "data-record")
    assert send(manager, address(), seen).status_code == 302
    assert situation().description == "Personne à qui parler."


def test_trial_does_not_hide_that_somebody_else_wrote(manager):
    fields = opened(manager, address())
    send(manager, address(), fields, label="Solitude")
    tried = manager.post(address(), fields | {"action": "essayer", "essai": "seul"})
    again = send(manager, address(), read_form(tried, "data-record"))
    assert again.status_code == 409


def test_what_was_typed_comes_back_when_the_session_has_expired(manager):
    fields = opened(manager, address())
    manager.logout()
    answer = manager.post(address(), fields | {"label": "Solitude et ennui"})
    assert answer.status_code == 403
    assert "Solitude et ennui" in words(answer)


# Order


def test_situation_moves_one_step_on_the_home_page_too(manager):
    first, second = Situation.objects.all()[:2]
    manager.post(f"{LIST}{second.pk}/deplacer/", {"sens": "monter"})
    assert list(Situation.objects.all()[:2]) == [second, first]
    for sens in ("monter", "n'importe quoi"):
        manager.post(f"{LIST}{second.pk}/deplacer/", {"sens": sens})
    assert list(Situation.objects.all()[:2]) == [first, second]
    assert manager.post(f"{LIST}999999/deplacer/", {"sens": "monter"}).status_code == 302


# Archives


def test_situation_of_no_record_leaves_home_search_and_address(manager):
    answer = manager.post(address("jeunes", "archiver/"), {"into": ""}, follow=True)
    assert "est archivée" in words(answer)
    assert "Jeunes 16-25 ans" not in words(manager.get("/"))
    assert understood("mission locale") != ["jeunes"]
    assert "n'existe pas ou plus" in words(
        manager.get("/recherche/?situation=jeunes&commune=85182")
    )
    assert manager.get(address("jeunes")).status_code == 404


def test_records_that_have_only_it_must_go_somewhere(manager):
    ListingFactory(situations=["isolement"])
    ListingFactory(situations=["isolement", "addictions"])
    page = manager.get(address(end="archiver/"))
    assert "2 fiches la portent" in words(page)
    assert "1 fiche publiée n'a que cette situation" in words(page)
    answer = manager.post(address(end="archiver/"), {"into": "", "with_words": "on"})
    assert answer.status_code == 422
    assert "dites où les ranger" in words(answer)
    assert situation().archived_at is None


def test_merged_situation_gives_records_words_lines_gaps_and_its_address(manager):
    old, new = situation("jeunes"), situation("parents-ados")
    both = ListingFactory(situations=["jeunes"], helps=["parents-ados"])
    alone = ListingFactory(situations=["jeunes"])
    gap = Gap.objects.create(situation=old, territory=commune("85182"))
    manager.post(address("jeunes", "archiver/"), {"into": new.pk, "with_words": "on"})
    roles = dict(ListingSituation.objects.filter(situation=new).values_list("listing", "role"))
    assert roles == {both.pk: "coeur", alone.pk: "coeur"}
    assert not stale().exists()
    gap.refresh_from_db()
    assert gap.situation == new
    assert understood("mission locale") == ["parents-ados"]
    page = words(manager.get("/recherche/?situation=jeunes&commune=85182"))
    assert alone.name in page
    lines = set(new.helpline_links.values_list("helpline", flat=True))
    assert lines >= set(old.helpline_links.values_list("helpline", flat=True))


def test_archiving_is_undone_as_one(manager):
    old, new = situation("jeunes"), situation("parents-ados")
    both = ListingFactory(situations=["jeunes"], helps=["parents-ados"])
    alone = ListingFactory(situations=["jeunes"])
    lines = list(new.helpline_links.order_by("order").values_list("helpline", flat=True))
    manager.post(address("jeunes", "archiver/"), {"into": new.pk, "with_words": "on"})
    manager.post(address("jeunes", "retablir/"))
    assert situation("jeunes").archived_at is None
    links = ListingSituation.objects.values_list("listing", "situation__slug", "role")
    assert set(links) == {
        (both.pk, "jeunes", "coeur"),
        (both.pk, "parents-ados", "peut-aider"),
        (alone.pk, "jeunes", "coeur"),
    }
    assert situation("parents-ados").synonyms == new.synonyms
    after = situation("parents-ados").helpline_links.order_by("order")
    assert list(after.values_list("helpline", flat=True)) == lines
    assert situation("jeunes").synonyms == old.synonyms
    assert understood("mission locale") == ["jeunes"]
    assert not stale().exists()
    assert manager.post(address("jeunes", "retablir/")).status_code == 404


def test_undoing_leaves_alone_a_record_deleted_meanwhile():
    listing = ListingFactory(situations=["jeunes"])
    situations.archive(situation("jeunes"), into=situation("parents-ados"))
    Listing.objects.filter(pk=listing.pk).delete()
    assert situations.restore(situation("jeunes")) == 0


def test_history_of_a_record_still_names_its_archived_situation(manager, later):
    listing = ListingFactory(situations=["jeunes", "isolement"])
    later()
    situations.archive(situation("jeunes"))
    page = words(manager.get(f"/gestion/fiches/{listing.pk}/historique/"))
    assert "Jeunes 16-25 ans" in page
    assert manager.get(f"/gestion/fiches/{listing.pk}/").status_code == 200


def test_merge_of_a_merge_keeps_every_old_address():
    situations.archive(situation("jeunes"), into=situation("parents-ados"))
    situations.archive(situation("parents-ados"), into=situation("parent-seul"))
    assert situation("jeunes").merged_into == situation("parent-seul")


# Pages


def test_list_asks_as_much_for_many_records_as_for_one(manager):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(LIST).status_code == 200
        return len(captured)

    ListingFactory()
    few = queries()
    ListingFactory.create_batch(5, situations=["isolement", "addictions"])
    assert queries() == few < 15


def test_form_asks_fewer_than_fifteen_things(manager):
    for where in (address(), NEW, address(end="archiver/")):
        manager.get(where)
        with CaptureQueriesContext(connection) as captured:
            manager.get(where)
        assert len(captured) < 15


def test_section_begins_with_the_situations(manager):
    assert manager.get(reverse("manage_vocabulary")).url == LIST
    page = manager.get(LIST)
    assert "Isolement et solitude" in words(page)
