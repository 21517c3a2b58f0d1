"""Criteria of schemes: kept, loaded from files, shown; no answer ever reaches the server."""

import json
import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners import criteria
from partners.eligibility import evaluate
from partners.imports import criteria as files
from partners.imports import schemes
from partners.imports.errors import ImportRefused
from partners.models import Criterion, CriterionGroup, Listing, SchemeRole, Territory, User
from tests.factories import ListingFactory, UserFactory, change
from tests.test_merging import merge

pytestmark = pytest.mark.django_db

SHIPPED = sorted(path.stem for path in files.FOLDER.glob("*.toml"))


def scheme(**facts):
    return ListingFactory(kind=Listing.Kind.SCHEME, **{"name": "Fonds du Bocage"} | facts)


def group_of(listing, *rows, rule="toutes", **facts):
    """A group with its criteria, each a dict of facts."""
    order = CriterionGroup.objects.filter(scheme=listing).count()
    group = CriterionGroup.objects.create(scheme=listing, rule=rule, order=order, **facts)
    for place, row in enumerate(rows):
        made = Criterion(group=group, order=place, **row)
        made.full_clean()
        made.save()
    return group


AGREES = {"kind": "accord", "question": "La personne est-elle d'accord\u00a0?", "label": "d'accord"}
OVER_75 = {"kind": "age", "minimum": 75, "is_minimum_included": False}
BY_OPERATOR = {"label": "un point que l'opérateur apprécie", "assessor": "operateur"}


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory(role=User.Role.ADVISER))
    return client


def words(response):
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def payload(response):
    html = response.content.decode()
    found = re.search(r'id="eligibilite-faits" type="application/json">(.*?)</script>', html)
    return json.loads(found[1])


def panel_url(*listings, **facts):
    query = "&".join(f"fiche={listing.pk}" for listing in listings)
    return f"{reverse('eligibility')}?{query}" + "".join(f"&{k}={v}" for k, v in facts.items())


# Validity, twice: beside the field, and in the database


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "age", "minimum": 75, "maximum": 70},
        {"kind": "age", "minimum": -1},
        {"kind": "mobilite", "minimum": 1, "question": "Seule\u00a0?"},
        {"kind": "age", "first_day": "2026-01-01", "question": "Quand\u00a0?"},
        {"kind": "age", "first_stage": "expulsion:jugement"},
        {"kind": "accord", "values": ["seul"], "question": "Oui\u00a0?"},
        {"kind": "libre", "assessor": "operateur", "question": "Malade\u00a0?", "label": "santé"},
    ],
)
def test_criterion_that_contradicts_itself_is_refused_by_form_and_database(facts):
    group = group_of(scheme())
    row = Criterion(group=group, **facts)
    with pytest.raises(ValidationError) as told:
        row.full_clean()
    assert told.value.message_dict.keys() <= {*facts, "values"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Criterion(group=group, **facts).save()


@pytest.mark.parametrize("facts", [{"rule": "au-moins"}, {"rule": "toutes", "least": 2}])
def test_group_says_how_many_only_when_it_counts(facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        CriterionGroup.objects.create(scheme=scheme(), **facts)


def test_criterion_without_words_asks_for_them():
    row = Criterion(group=group_of(scheme()), assessor="operateur")
    with pytest.raises(ValidationError) as told:
        row.full_clean()
    assert "label" in told.value.message_dict


def test_changes_of_criteria_are_kept():
    group = group_of(scheme(), AGREES)
    row = group.criteria.get()
    row.label = "d'accord, et seule"
    row.save()
    row.delete()
    told = Criterion.pgh_event_model.objects.order_by("pgh_id")
    assert list(told.values_list("pgh_label", "label")) == [
        ("insert", "d'accord"),
        ("update", "d'accord, et seule"),
        ("delete", "d'accord, et seule"),
    ]


# The files that come with the project


@pytest.fixture
def records():
    """A record for each scheme that a file is about, and for those that others lead to."""
    names = {*SHIPPED, "ccapex", "conseil-budget"}
    return {name: scheme(name=f"Dispositif {name}") for name in names}


def test_shipped_files_load_once_and_leave_what_staff_wrote(records):
    assert {"fsl-vendee", "apa", "mon-logement-j-y-tiens"} <= set(SHIPPED)
    for slug in SHIPPED:
        assert files.load(records[slug], slug, records)
    assert Criterion.objects.filter(source="").count() == 0
    assert Criterion.objects.exclude(redirect=None).count() >= 5
    CriterionGroup.objects.filter(scheme=records["apa"]).delete()
    assert not any(files.load(records[slug], slug, records) for slug in SHIPPED)
    assert not CriterionGroup.objects.filter(scheme=records["apa"]).exists()


def test_every_shipped_scheme_has_criteria_but_the_body_that_gives_opinions():
    known = {path.stem for path in schemes.FOLDER.glob("*.toml")}
    assert known - set(SHIPPED) == {"ccapex"}
    assert "n'est pas un droit" in (schemes.FOLDER / "ccapex.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("slug", "facts", "verdict"),
    [
        ("siao", {"statut:choix": "sans"}, "semble"),
        ("siao", {"statut:choix": "titulaire", "procedure:expulsion": 4}, "semble"),
        ("avdl", {}, "verifier"),
        ("mediation-habitat", {"oui-non:y a t il des violences ou des menaces": True}, "non"),
        ("conseil-budget", {"dettes:eau": True}, "semble"),
        ("achat-groupe", {}, "verifier"),
    ],
)
def test_shipped_criteria_decide_as_their_source_says(records, slug, facts, verdict):
    files.load(records[slug], slug, records)
    [sheet] = (found := criteria.panel([records[slug]])).sheets
    assert facts.keys() <= {question.key for question in found.questions}
    assert evaluate(sheet.pure, facts, found.payload["order"]).verdict == verdict


def test_remobilisation_has_its_prerequisites_alternatives_and_exclusions(records):
    record = records["mon-logement-j-y-tiens"]
    files.load(record, "mon-logement-j-y-tiens", records)
    found = criteria.panel([record])
    [sheet] = found.sheets
    assert [(g.rule, g.least, len(g.rows)) for g in sheet.groups] == [
        ("toutes", None, 4),
        ("au-moins", 1, 4),
        ("aucune", None, 3),
    ]
    asked = " ".join(question.text for question in found.questions)
    assert len(found.questions) == 10
    assert "mentale" not in asked
    assert found.questions[0].key == "procedure:expulsion"
    start = evaluate(sheet.pure, {}, found.payload["order"])
    assert (start.verdict, start.check_with) == ("verifier", ("personne", "operateur"))


GOOD = '[[group]]\nrule = "toutes"\n[[group.criterion]]\nkind = "age"\nminimum = 60\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[group", "TOML lisible"),
        ("", "sections [[group]]"),
        ("autre = 1\n" + GOOD, "sections [[group]]"),
        (GOOD + 'couleur = "bleue"\n', "« couleur » n'est pas connu"),
        (GOOD + "id = 3\n", "« id » n'est pas connu"),
        (GOOD + "maximum = 50\n", "se contredisent"),
        (GOOD.replace("age", "humeur"), "n’est pas un choix valide"),
        (GOOD.replace("toutes", "au-moins") + "[[group]]\n", "combien"),
        (GOOD.replace('"toutes"', '"au-moins"\nleast = 2'), "n'a qu'un seul critère"),
        ('[[group]]\nrule = "aucune"\n', "n'a aucun critère"),
    ],
)
def test_file_with_a_fault_is_refused_whole(tmp_path, text, said):
    (tmp_path / "essai.toml").write_text(text)
    with pytest.raises(ImportRefused) as told:
        files.load(scheme(), "essai", {}, folder=tmp_path)
    assert said in str(told.value).replace("\u00a0", " ")
    assert not CriterionGroup.objects.exists()


def test_redirect_to_an_archived_record_keeps_its_text(tmp_path):
    gone = scheme(name="Ancien fonds", status=Listing.Status.ARCHIVED)
    (tmp_path / "essai.toml").write_text(
        GOOD + 'redirect = "ancien"\nredirect_text = "L\'autre fonds"\n'
    )
    record = scheme()
    assert files.load(record, "essai", {"ancien": gone}, folder=tmp_path)
    row = Criterion.objects.get()
    assert (row.redirect, row.redirect_text) == (None, "L'autre fonds")


# The panel


def test_record_of_a_scheme_shows_its_criteria_and_asks_each_question_once(adviser):
    record = scheme()
    group_of(record, AGREES, OVER_75, BY_OPERATOR)
    group_of(record, AGREES | {"label": "toujours d'accord"}, rule="aucune")
    page = adviser.get(record.get_absolute_url())
    text = words(page)
    assert "Est-ce pour ce locataire ?" in text
    assert text.count("<legend>La personne est-elle d'accord ?</legend>") == 1
    assert "Plus de 75 ans" in text
    assert "Un point que l'opérateur apprécie" in text
    assert payload(page)["order"] == ["oui-non:la personne est elle d accord", "age"]


def test_operator_that_is_not_in_service_is_named_to_nobody(adviser):
    record = scheme()
    group_of(record, BY_OPERATOR)
    for name, status in (("Opérateur actuel", "publie"), ("Opérateur d'avant", "archive")):
        operator = ListingFactory(name=name, status=status)
        SchemeRole.objects.create(scheme=record, structure=operator, role="operateur")
    assert payload(adviser.get(panel_url(record)))["schemes"][0]["operators"] == [
        "Opérateur actuel"
    ]


def test_record_without_criteria_shows_no_panel(adviser):
    for record in (scheme(), ListingFactory()):
        assert "Est-ce pour ce locataire" not in words(adviser.get(record.get_absolute_url()))


def test_nothing_on_the_panel_can_send_an_answer(adviser):
    record = scheme()
    group_of(record, AGREES, OVER_75, {"kind": "droits", "values": ["rsa"]})
    html = adviser.get(panel_url(record)).content.decode()
    panel = html[html.index("data-eligibility") : html.index("</main>")]
    assert "<input" in panel
    assert "<form" not in panel
    assert ' form="' not in panel
    assert not re.search(r"<input(?![^>]*autocomplete=\"off\")", panel)


def test_panel_alone_is_given_to_a_script_and_a_page_to_anyone(adviser):
    record = scheme()
    group_of(record, AGREES)
    part = adviser.get(panel_url(record), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "data-eligibility" in part
    page = adviser.get(panel_url(record))
    assert "<html" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_several_schemes_share_their_questions_in_their_order(adviser):
    first, second = scheme(name="Premier"), scheme(name="Second")
    group_of(first, AGREES, OVER_75)
    group_of(second, {"kind": "age", "minimum": 70, "maximum": 75})
    found = payload(adviser.get(panel_url(second, first, ListingFactory(), scheme())))
    assert [sent["name"] for sent in found["schemes"]] == ["Second", "Premier"]
    assert found["order"] == ["age", "oui-non:la personne est elle d accord"]


@pytest.mark.parametrize("code", ["85182", "44109"])
def test_territory_is_answered_by_the_commune_of_the_search(adviser, code):
    record = scheme()
    vendee = Territory.objects.get(kind=Territory.Kind.DEPARTEMENT, code="85")
    group_of(record, {"kind": "territoire", "territory": vendee})
    page = adviser.get(panel_url(record, commune=code))
    assert payload(page)["given"] == {"territoire:departement:85": code == "85182"}
    assert "D'après la commune" in words(page)
    assert payload(adviser.get(panel_url(record)))["given"] == {}


def test_redirect_leads_to_a_record_in_service_only(adviser):
    other = scheme(name="Autre fonds")
    record = scheme()
    group_of(record, AGREES | {"redirect": other, "redirect_text": "Plutôt\u00a0:"})
    key = str(Criterion.objects.get().pk)
    [sent] = payload(adviser.get(panel_url(record)))["schemes"]
    assert sent["instead"][key]["url"] == other.get_absolute_url()
    change(other, status=Listing.Status.ARCHIVED)
    [sent] = payload(adviser.get(panel_url(record)))["schemes"]
    assert sent["instead"] == {}  # the text only led to the record
    Criterion.objects.update(redirect_text="Demander à la mairie")
    [sent] = payload(adviser.get(panel_url(record)))["schemes"]
    assert sent["instead"][key] == {"text": "Demander à la mairie"}


def test_draft_scheme_is_for_managers(adviser, client):
    record = scheme(status=Listing.Status.TO_CHECK)
    group_of(record, AGREES)
    assert "Aucun de ces dispositifs" in words(adviser.get(panel_url(record)))
    client.force_login(UserFactory(role=User.Role.MANAGER))
    assert "d'accord" in words(client.get(panel_url(record)))


@pytest.mark.parametrize("query", ["fiche=x", "fiche=-1", "fiche=1%00", "fiche=1&commune=99999"])
def test_bad_address_is_refused(adviser, query):
    assert adviser.get(f"{reverse('eligibility')}?{query}").status_code == 400


def test_empty_address_and_unknown_records_say_there_is_nothing(adviser):
    for query in ("", "?fiche=999999", "?fiche=1&fiche=1"):
        page = adviser.get(reverse("eligibility") + query)
        assert page.status_code == 200
        assert "Aucun de ces dispositifs" in words(page)


def test_panel_holds_twelve_schemes_at_most(adviser):
    made = [scheme(name=f"Fonds {number}") for number in range(13)]
    for record in made:
        group_of(record, AGREES)
    page = adviser.get(panel_url(*made))
    assert len(payload(page)["schemes"]) == criteria.MOST_SCHEMES
    assert "douze premiers" in words(page)


def test_panel_asks_the_database_the_same_whatever_it_holds(adviser):
    first = scheme(name="Fonds")
    group_of(first, AGREES)
    adviser.get(panel_url(first))  # what a process reads once
    counts = []
    for number in (1, 6):
        made = [scheme(name=f"Fonds {number} {rank}") for rank in range(number)]
        for record in made:
            group_of(record, AGREES, OVER_75)
        with CaptureQueriesContext(connection) as asked:
            adviser.get(panel_url(*made))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6


def test_writing_to_the_panel_is_not_possible(adviser):
    assert adviser.post(panel_url(scheme()), {"age": "76"}).status_code == 405


def test_signed_out_people_see_no_panel(client):
    assert client.get(reverse("eligibility")).status_code == 302


def test_results_offer_the_panel_for_the_schemes_of_the_page(adviser):
    record = scheme(situations=["isolement"])
    structure = ListingFactory(situations=["isolement"])
    address = f"{reverse('results')}?situation=isolement&commune=85182"
    assert "data-eligibility-open" not in adviser.get(address).content.decode()
    group_of(record, AGREES)
    page = unescape(adviser.get(address).content.decode())
    [link] = re.findall(r'href="([^"]*)" data-eligibility-open', page)
    assert link == f"{reverse('eligibility')}?fiche={record.pk}&commune=85182"
    assert str(structure.pk) not in link.split("fiche=")[1].split("&")[0]
    assert "Est-ce pour ce locataire" in words(adviser.get(link))


# Two records that become one


def test_criteria_follow_a_scheme_that_is_absorbed_unless_the_other_has_its_own():
    kept, absorbed = scheme(name="Fonds A"), scheme(name="Fonds B")
    group_of(absorbed, AGREES)
    group_of(absorbed, OVER_75)
    merge(kept, absorbed)
    assert CriterionGroup.objects.filter(scheme=kept).count() == 2
    other, third = scheme(name="Fonds C"), scheme(name="Fonds D")
    group_of(other, AGREES)
    group_of(third, OVER_75)
    merge(other, third)
    assert CriterionGroup.objects.filter(scheme=other).count() == 1
    assert CriterionGroup.objects.filter(scheme=third).count() == 1
