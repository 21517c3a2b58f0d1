"""What is proposed while one types, and what a change of the vocabulary does to it."""

import pytest
from django.urls import reverse

from partners import box, completion, known
from partners.models import DangerSign, Situation, Territory
from tests.factories import ListingFactory, UserFactory, commune

pytestmark = pytest.mark.django_db


def options(text, kind=None):
    found = completion.complete(text, departement="85").options
    return [option for option in found if kind in (None, option.kind)]


def labels(text, kind=None):
    return [option.label for option in options(text, kind)]


def test_last_words_are_completed_and_those_before_stay():
    [option, *_] = options("mémé seule pouz")
    assert (option.kind, option.label, option.rest) == ("commune", "Pouzauges", "mémé seule")
    [option, *_] = options("pouzauges impay")
    assert (option.kind, option.value, option.rest) == ("situation", "impayes", "pouzauges")


def test_names_of_several_words_are_completed_together():
    [option, *_] = options("alcool la roche s")
    assert (option.label, option.rest) == ("La Roche-sur-Yon", "alcool")


def test_acronyms_show_what_they_stand_for():
    [option] = options("fsl", "mot")
    assert (option.value, option.detail) == ("FSL", "Fonds de solidarité pour le logement")


def test_records_are_found_by_acronym_or_words_of_their_name_those_at_home_first():
    far = ListingFactory(name="Relais des Bavardes", commune=commune("44109"), zones=[])
    near = ListingFactory(name="Les Bavardes du Bocage", acronym="LBB")
    for text in ("bavard", "les bav", "bavardes boc", "lbb", "alcool bavard"):
        assert [option.value for option in options(text, "fiche")] == [str(near.pk)]
    assert labels("relais des bav", "fiche") == [far.name]
    [option] = options("lbb", "fiche")
    assert option.href == near.get_absolute_url()
    assert option.detail == "LBB · Pouzauges"


def test_a_name_typed_whole_comes_before_names_of_its_last_words_even_from_afar():
    far = ListingFactory(name="Relais des Bavardes", commune=commune("44109"), zones=[])
    near = ListingFactory(name="Bavardes du Bocage")
    [option] = options("relais des bav", "fiche")
    assert (option.value, option.rest) == (str(far.pk), "")
    [option] = options("relais bav", "fiche")
    assert (option.value, option.rest) == (str(near.pk), "relais")
    assert options("relais ba", "fiche") == []  # two letters begin no name
    whole = ListingFactory(name="Grand relais bavard")
    [option] = options("relais bav", "fiche")
    assert (option.value, option.rest) == (str(whole.pk), "")


def test_draft_is_not_proposed_and_a_confidential_one_says_no_place():
    ListingFactory(name="Brouillon Zinnia", status="brouillon")
    ListingFactory(name="Abri Zinnia", is_confidential=True)
    [option] = options("zinnia", "fiche")
    assert (option.label, option.detail) == ("Abri Zinnia", "fiche")


def test_what_was_understood_is_told_from_two_words_on():
    assert completion.complete("pouzauges", departement="85").understood == ()
    found = completion.complete("mémé seule chall", departement="85")
    assert found.understood == ("Personnes Âgées", "Isolement et solitude", "Challans")
    found = completion.complete("impayé 85700", departement="85")
    assert found.understood == ("Impayé de loyer", "7 communes")


@pytest.mark.parametrize("text", ["pouz", "mémé seule pouz", "bavard", "x y z bav", "85700"])
def test_completion_takes_few_queries_however_many_records(text, django_assert_max_num_queries):
    known.lexicon()
    for _ in range(6):
        ListingFactory(name="Les Bavardes")
    with django_assert_max_num_queries(12):
        found = completion.complete(text, departement="85")
    assert len([option for option in found.options if option.kind == "fiche"]) <= 4


def test_completion_keeps_what_is_typed_out_of_its_answer(client):
    client.force_login(UserFactory())
    html = client.post(reverse("complete"), {"texte": "<b>Durand</b> pouz"}).content.decode()
    assert "<b>" not in html
    assert 'data-value="85182"' in html


# What is known changes


def test_a_word_changed_by_a_manager_is_understood_at_once():
    assert box.read("zinzolin", departement="85").situations == ()
    addictions = Situation.objects.get(slug="addictions")
    addictions.synonyms.append("zinzolin")
    addictions.save()
    assert box.read("zinzolin", departement="85").situations == (addictions,)
    Situation.objects.filter(pk=addictions.pk).update(synonyms=[])
    assert box.read("zinzolin", departement="85").situations == ()


def test_a_word_added_without_its_accents_hides_no_accented_one():
    isolement = Situation.objects.get(slug="isolement")
    isolement.synonyms += ["energie du vide"]
    isolement.save()
    for text in ("energie", "fournisseur d'energie", "énergie"):
        assert [s.slug for s in box.read(text, departement="85").situations] == ["energie"]
    assert box.read("l'energie du vide", departement="85").situations == (isolement,)


def test_signs_of_danger_are_those_of_the_table():
    assert [sign.slug for sign in box.read("son fils la frappe", departement="85").dangers] == [
        "violences"
    ]
    DangerSign.objects.filter(slug="violences").update(words=["zinzolin"])
    assert box.read("son fils la frappe", departement="85").dangers == ()
    assert len(box.read("du zinzolin", departement="85").dangers) == 1


def test_a_commune_that_arrives_or_changes_is_known_at_once():
    assert box.read("à Zinzolin", departement="85").communes == ()
    vendee = Territory.objects.get(kind="departement", code="85")
    new = Territory.objects.create(
        kind="commune", code="85997", name="Zinzolin", departement=vendee
    )
    assert box.read("à Zinzolin", departement="85").communes == (new,)
    new.name = "Zinnia"
    new.save()
    assert box.read("à Zinnia", departement="85").communes == (new,)


def test_reading_again_asks_the_database_for_little(django_assert_num_queries):
    box.read("mémé challans", departement="85")
    with django_assert_num_queries(4):  # the version, names of records, situations, communes
        box.read("mémé challans", departement="85")


def test_reading_gives_rows_in_their_order_and_the_remaining_words():
    reading = box.read("FSL son fils la frappe loyer 85700 82 ans", departement="85")
    assert [s.slug for s in reading.situations] == ["personnes-agees", "impayes", "violences"]
    assert len(reading.communes) == 7
    assert reading.audience == reading.public == "seniors"
    assert reading.rest == "FSL"
    assert [sign.slug for sign in reading.dangers] == ["violences"]


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("mémé loyer", ""),
        ("82 ans loyer", "seniors"),
        ("étudiant loyer", ""),
        ("62 ans", "seniors"),
    ],
)
def test_public_of_a_situation_word_filters_nothing_and_an_age_does(text, public):
    assert box.read(text, departement="85").public == public
