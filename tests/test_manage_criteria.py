"""Managers write criteria: groups, rows, contradictions told beside their field, a preview."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.models import Criterion, CriterionGroup, Listing, User
from tests.factories import ListingFactory, UserFactory
from tests.sent_form import read_form
from tests.test_criteria import AGREES, BY_OPERATOR, OVER_75, group_of, payload, scheme, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


@pytest.fixture
def listing():
    return scheme()


def address(name, listing, **facts):
    suffix = f"_{name}" if name else ""
    return reverse(f"manage_records_criteria{suffix}", kwargs={"pk": listing.pk} | facts)


def new(client, listing, *rows, action="enregistrer", **group):
    """Send a new group with these rows (dicts)."""
    path = address("new", listing)
    return _send(client, path, read_form(client.get(path), "data-record"), rows, action, group)


def edit(client, group, *rows, action="enregistrer", **facts):
    """Send the form of a group as it stands, its first rows changed."""
    path = address("edit", group.scheme, group=group.pk)
    return _send(client, path, read_form(client.get(path), "data-record"), rows, action, facts)


def blank_row(number):
    """What a browser sends of a row that was added."""
    chosen = {"kind": "libre", "assessor": "conseillere", "strength": "bloquant"}
    ticked = {"is_minimum_included": "on", "is_maximum_included": "on"}
    return {f"criteres-{number}-{n}": [v] for n, v in (chosen | ticked).items()}


def _send(client, path, sent, rows, action, group):
    sent |= {name: [value] for name, value in group.items()} | {"action": [action]}
    for number, row in enumerate(rows):
        if f"criteres-{number}-kind" not in sent:
            sent |= blank_row(number)
        for name, value in row.items():
            values = value if isinstance(value, list) else [value]
            sent[f"criteres-{number}-{name}"] = values
    count = max(len(rows), int(sent["criteres-TOTAL_FORMS"][0]))
    return client.post(path, sent | {"criteres-TOTAL_FORMS": [str(count)]})


def row_of(group, number=0):
    return list(group.criteria.order_by("order"))[number]


def test_empty_page_says_where_to_begin(manager, listing):
    page = words(manager.get(address("", listing)))
    assert "Aucun critère encore" in page
    assert (
        "Critères</a>"
        in manager.get(reverse("manage_records_edit", args=[listing.pk])).content.decode()
    )


def test_group_is_written_with_its_criteria_and_becomes_questions(manager, listing):
    other = scheme(name="Autre fonds")
    answer = new(
        manager,
        listing,
        {"kind": "age", "minimum": "70", "maximum": "75,5"},
        {"kind": "menage", "values": ["seul", "couple"], "assessor": "declaration"},
        {
            "kind": "territoire",
            "territory": "Vendée · département",
            "redirect": "Autre fonds",
            "source": "Règlement 2026",
        },
        title="D'abord",
    )
    assert answer.status_code == 302
    group = CriterionGroup.objects.get()
    assert [str(row) for row in group.criteria.order_by("order")] == [
        "de 70 à 75,50\u00a0ans",
        "seule ou en couple, sans enfant",
        "Vendée",
    ]
    assert row_of(group, 2).redirect == other
    page = manager.get(answer.url)
    assert "Critères enregistrés" in words(page)
    assert len(payload(page)["order"]) == 3


def test_bound_that_is_no_number_is_told_of_a_criterion_that_is_there(manager, listing):
    answer = edit(manager, group_of(listing, OVER_75), {"minimum": "sNaN"})
    assert answer.status_code == 422
    assert "Saisissez un nombre" in words(answer)


def test_group_changes_its_rows_their_order_and_loses_one(manager, listing):
    group = group_of(listing, AGREES, OVER_75, BY_OPERATOR)
    edit(manager, group, {"order": "9"}, {"minimum": "80"}, {"DELETE": "on"}, title="Après")
    group.refresh_from_db()
    assert group.title == "Après"
    assert [str(row) for row in group.criteria.order_by("order")] == [
        "plus de 80\u00a0ans",
        "d'accord",
    ]
    assert list(group.criteria.order_by("order").values_list("order", flat=True)) == [0, 1]


@pytest.mark.parametrize(
    ("row", "name", "said"),
    [
        ({"kind": "age", "minimum": "75", "maximum": "70"}, "maximum", "se contredisent"),
        ({"kind": "age", "minimum": "-3"}, "minimum", "négative"),
        ({"kind": "age", "minimum": "vieux"}, "minimum", "nombre"),
        ({"kind": "age", "minimum": "9" * 40}, "minimum", "chiffres"),
        ({"kind": "mobilite", "minimum": "3", "question": "?"}, "minimum", "ne se compte pas"),
        ({"kind": "libre", "assessor": "operateur", "label": "x", "question": "Malade ?"},
         "question", "ne se demande jamais"),
        ({"kind": "libre", "label": "Un point"}, "question", "Écrivez la question"),
        ({"kind": "droits", "values": ["rien"]}, "values", "choix valide"),
        ({"kind": "age", "values": ["seul"], "minimum": "60"}, "values", "pas de celles"),
        ({"kind": "humeur", "question": "Ça va ?"}, "kind", "choix valide"),
        ({"kind": "procedure", "first_stage": "expulsion:jugement",
          "last_stage": "surendettement:depose"}, "last_stage", "deux procédures"),
        ({"kind": "dates", "first_day": "2026-13-45", "question": "Quand ?"}, "first_day", "date"),
        ({"kind": "dates", "first_day": "0001-01-01", "question": "Q ?"}, "first_day", "année"),
        ({"kind": "libre", "question": "Q" * 201}, "question", "200"),
        ({"kind": "libre", "question": "a\0b"}, "question", "nul"),
        ({"kind": "territoire", "territory": "Nulle Part"}, "territory", "aucun territoire"),
        ({"kind": "libre", "question": "Oui ?", "redirect": "Fonds inconnu"}, "redirect",
         "aucune fiche"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_written(
    manager, listing, row, name, said
):
    answer = new(manager, listing, row, title="Gardé 💬 <script>")
    assert answer.status_code == 422
    html = unescape(answer.content.decode()).replace("\u00a0", " ")
    beside = html.partition(f'id="id_criteres-0-{name}_error">')[2].partition("</")[0]
    assert said.lower() in beside.lower()
    assert "Gardé 💬 &lt;script&gt;" in answer.content.decode()
    assert not CriterionGroup.objects.exists()


def test_redirect_to_an_archived_record_is_refused_in_words(manager, listing):
    scheme(name="Ancien fonds", status=Listing.Status.ARCHIVED)
    row = {"kind": "libre", "question": "Oui ?", "redirect": "Ancien fonds"}
    answer = new(manager, listing, row)
    assert "« Ancien fonds » est archivée" in words(answer)
    assert not Criterion.objects.exists()


def test_redirect_archived_since_is_told_and_does_not_stop_the_form(manager, listing):
    other = scheme(name="Ancien fonds")
    group = group_of(listing, AGREES | {"redirect": other})
    Listing.objects.filter(pk=other.pk).update(status=Listing.Status.ARCHIVED)
    assert "n'est pas en service" in words(manager.get(address("", listing)))
    assert edit(manager, group, {}, title="Titre").status_code == 302


def test_at_least_more_than_there_are_is_told_beside_the_number(manager, listing):
    rows = [{"kind": "libre", "question": f"Point {n} ?"} for n in range(2)]
    answer = new(manager, listing, *rows, rule="au-moins", least="3")
    assert answer.status_code == 422
    assert "n'a que 2 critères bloquants" in words(answer)
    assert "Dites combien" in words(new(manager, listing, *rows, rule="au-moins"))
    assert new(manager, listing, *rows, rule="au-moins", least="2").status_code == 302


def test_empty_group_is_refused(manager, listing):
    answer = new(manager, listing, title="Vide")
    assert answer.status_code == 422
    assert "n'a aucun critère" in words(answer)


def test_contradiction_with_another_group_is_told_beside_the_criterion(manager, listing):
    group_of(listing, OVER_75)
    answer = new(manager, listing, {"kind": "age", "maximum": "70"})
    assert "Contredit « plus de 75 ans »" in words(answer)
    answer = new(manager, listing, {"kind": "age", "minimum": "60"}, rule="aucune")
    assert "personne n'irait" in words(answer)
    assert Criterion.objects.count() == 1


def test_preview_shows_the_questions_and_writes_nothing(manager, listing):
    group_of(listing, AGREES)
    row = {"kind": "age", "minimum": "60"}
    answer = new(manager, listing, row, action="apercu")
    assert answer.status_code == 200
    assert "rien n'est encore enregistré" in words(answer)
    assert payload(answer)["order"] == ["oui-non:la personne est elle d accord", "age"]
    assert read_form(answer, "data-record")["criteres-0-minimum"] == ["60"]
    assert Criterion.objects.count() == 1


def test_preview_of_a_group_that_exists_keeps_its_form_whole(manager, listing):
    group = group_of(listing, AGREES, OVER_75)
    answer = edit(manager, group, {}, {"minimum": "80"}, action="apercu")
    sent = read_form(answer, "data-record")
    assert sent["criteres-1-id"] == [str(row_of(group, 1).pk)]
    assert sent["criteres-1-minimum"] == ["80"]
    manager.post(address("edit", listing, group=group.pk), sent | {"action": ["enregistrer"]})
    assert row_of(group, 1).minimum == 80


def test_words_that_name_somebody_warn_once(manager, listing):
    row = {"kind": "libre", "question": "Mme Durand est-elle seule ?"}
    answer = new(manager, listing, row)
    assert "semble nommer" in words(answer)
    assert not Criterion.objects.exists()
    assert new(manager, listing, row, confirme="on").status_code == 302


def test_two_people_at_once_see_what_the_other_wrote(manager, listing):
    group = group_of(listing, AGREES)
    path = address("edit", listing, group=group.pk)
    sent = read_form(manager.get(path), "data-record")
    edit(manager, group, {"label": "vraiment d'accord"})
    clash = manager.post(path, sent | {"title": ["Le mien"]})
    assert clash.status_code == 409
    assert "vraiment d'accord" in words(clash)
    assert row_of(group).label == "vraiment d'accord"
    again = read_form(clash, "data-record")
    assert again["title"] == ["Le mien"]
    assert manager.post(path, again).status_code == 302


def test_expired_session_gives_the_words_back(client, listing):
    answer = client.post(address("new", listing), {"title": "Ce que j'écrivais"})
    assert answer.status_code == 403
    assert "Ce que j'écrivais" in unescape(answer.content.decode())


def test_group_moves_goes_and_comes_back(manager, listing):
    first = group_of(listing, AGREES, BY_OPERATOR, title="Premier")
    second = group_of(listing, OVER_75, title="Second")
    order = CriterionGroup.objects.filter(scheme=listing).order_by("order", "pk")
    manager.post(address("move", listing, group=second.pk), {"sens": "monter"})
    manager.post(address("move", listing, group=second.pk), {"sens": "monter"})
    assert list(order.all()) == [second, first]
    removed = manager.post(address("remove", listing, group=first.pk), follow=True)
    assert "« Premier » est retiré" in words(removed)
    assert list(order.all()) == [second]
    twice = manager.post(address("remove", listing, group=first.pk), follow=True)
    assert "déjà retiré" in words(twice)
    back = address("restore", listing, group=first.pk)
    assert "est revenu" in words(manager.post(back, follow=True))
    assert [str(row) for row in first.criteria.order_by("order")] == [
        "d'accord",
        "un point que l'opérateur apprécie",
    ]
    assert "plus rien à annuler" in words(manager.post(back, follow=True))


def test_group_and_row_of_another_scheme_are_out_of_reach(manager, listing):
    other = group_of(scheme(name="Autre fonds"), AGREES)
    for name in ("move", "remove"):
        path = address(name, listing, group=other.pk)
        assert manager.post(path).status_code == 404
    assert manager.get(address("edit", listing, group=other.pk)).status_code == 404
    assert "plus rien" in words(
        manager.post(address("restore", listing, group=other.pk), follow=True)
    )
    mine = group_of(listing, AGREES)
    edit(manager, mine, {"id": str(row_of(other).pk), "label": "volé"})
    assert row_of(other).label == "d'accord"
    assert "volé" in {row.label for row in mine.criteria.all()}


def test_structure_has_no_criteria(manager):
    assert manager.get(address("", ListingFactory())).status_code == 404


def test_pages_ask_the_database_the_same_whatever_they_hold(manager, listing):
    counts = []
    for number in (1, 6):
        for _ in range(number):
            group = group_of(listing, OVER_75, AGREES | {"redirect": scheme(name="Autre")})
        for path in (address("", listing), address("edit", listing, group=group.pk)):
            manager.get(path)  # what a process reads once, as the glossary, is read by now
            with CaptureQueriesContext(connection) as asked:
                manager.get(path)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) < 15
