"""Two records made one: nothing is lost, the old address leads on, and it can be taken back."""

from datetime import date

import pghistory
import pytest
from django.urls import reverse
from django.utils import timezone

from partners.merging import choices, links, parts, undoing, uniting
from partners.models import (
    Alternative,
    Campaign,
    Ceiling,
    Contact,
    ContactNotice,
    Criterion,
    CriterionGroup,
    Distinction,
    Document,
    DocumentFile,
    EntryPoint,
    Favourite,
    Gap,
    Listing,
    ListingSituation,
    Merge,
    Paper,
    Proposal,
    Relation,
    Report,
    SchemeDetails,
    SchemeRole,
    Situation,
    SourceRecord,
    Step,
    User,
    WayThere,
    derived,
)
from partners.past import versions
from partners.records import facts
from partners.redaction.removing import remove
from tests.factories import (
    FolderFactory,
    ListingFactory,
    PermanenceFactory,
    UserFactory,
    commune,
    refresh,
    territory,
    verify,
)

pytestmark = pytest.mark.django_db
Role = ListingSituation.Role


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER, email="lien@example.org"))
    return client


def pair(**theirs):
    """Two records for one partner; the second is the poorer."""
    mine = ListingFactory(name="Relais du Bocage", description="Rend visite chaque semaine.")
    return mine, ListingFactory(**({"name": "Relais Bocage"} | theirs))


def merge(kept, absorbed, **chosen):
    read = uniting.read([kept.pk, absorbed.pk], for_update=True)
    made = uniting.merge(*read, chosen, by=None)
    kept.refresh_from_db()
    absorbed.refresh_from_db()
    return made


def state(listing):
    """All that a record says, its relations included."""
    return facts.of_listing(uniting.read([listing.pk])[0])


def proposals(kept, absorbed):
    return {row.name: row for row in choices.rows(*uniting.read([kept.pk, absorbed.pk]))}


# Every table, every column


def test_every_table_that_points_at_a_record_has_its_rule():
    assert set(links.relations()) == set(links.RULES)
    assert set(links.relations_of_rows()) == links.ROWS


def test_every_column_of_a_record_is_chosen_or_is_its_own():
    chosen = {attr for _, attrs in choices.GROUPS.values() for attr in attrs}
    columns = {field.name for field in Listing._meta.concrete_fields}
    assert chosen | choices.OWN == columns
    assert not chosen & choices.OWN


def test_lists_of_both_become_one():
    kept, absorbed = pair(
        situations=["addictions"],
        helps=["isolement"],
        zones=[territory("departement", "85")],
        help_kinds=["argent"],
    )
    absorbed.situation_links.update(is_first=True)
    ListingSituation.objects.filter(listing=kept).update(role=Role.HELPS)
    kept.help_kinds = ["ecoute"]
    kept.save()
    for listing in (kept, absorbed):
        PermanenceFactory(listing=listing)
    PermanenceFactory(listing=absorbed, place="école")
    merge(kept, absorbed)
    rows = kept.situation_links.values_list("situation__slug", "role", "is_first")
    assert set(rows) == {("isolement", Role.HELPS, True), ("addictions", Role.CORE, True)}
    assert {link.territory.code for link in kept.zone_links.all()} == {"248500464", "85"}
    assert sorted(p.place for p in kept.permanences.all()) == ["mairie", "école"]
    assert kept.help_kinds == ["ecoute", "argent"]
    assert not ListingSituation.objects.filter(listing=absorbed).exists()
    assert not derived.stale().exists()


def test_themes_and_networks_are_compared_in_french():
    kept, absorbed = pair(themes=["sante--addictions"], networks=["communes", "caf"])
    rows = proposals(kept, absorbed)
    assert rows["themes"].absorbed == "Addictions"
    assert rows["networks"].absorbed.splitlines() == [
        "Communes, mairies, communautés de communes, etc.",
        "Caisse d’Allocations Familiales",
    ]


def test_contacts_of_one_name_complete_each_other_and_stay_as_hidden():
    kept, absorbed = pair()
    known = {"source": "site", "recorded_on": date(2026, 3, 1)}
    kept.contacts.create(name="Camille Inventée", visibility=Contact.Visibility.ALL, **known)
    absorbed.contacts.create(name="camille inventee", email="camille@example.org", **known)
    other = absorbed.contacts.create(name="Dominique Inventé", phone="+33261910044", **known)
    for told in absorbed.contacts.all():
        ContactNotice.objects.create(contact=told, way="courriel", done_on=date(2026, 4, 1))
    merge(kept, absorbed)
    [camille, dominique] = kept.contacts.order_by("pk")
    assert dominique == other
    assert camille.notice.done_on == dominique.notice.done_on == date(2026, 4, 1)
    assert (camille.email, camille.visibility) == ("camille@example.org", "responsables")
    assert dominique.phone == "+33261910044"


def test_everything_that_points_at_the_absorbed_record_points_at_the_kept_one():
    kept, absorbed = pair()
    scheme, branch = ListingFactory(kind="dispositif"), ListingFactory(parent=absorbed)
    SchemeRole.objects.create(scheme=scheme, structure=absorbed, role="porteur")
    report = Report.objects.create(kind=Report.Kind.CLOSED, listing=absorbed)
    check = verify(absorbed, on=date(2026, 11, 3))
    own, shared = FolderFactory(), FolderFactory()
    for folder, listing in ((own, absorbed), (shared, absorbed), (shared, kept)):
        Favourite.objects.create(folder=folder, listing=listing)
    gap = Gap.objects.create(
        situation=Situation.objects.get(slug="isolement"),
        territory=territory("epci", "248500464"),
        status=Gap.Status.CLOSED,
        closed_by=absorbed,
    )
    for listing in (kept, absorbed):
        Proposal.objects.create(
            listing=listing, fact="phone", cells={}, source="x", proposed_on=date(2026, 1, 1)
        )
    merge(kept, absorbed)
    for row in (report, check, gap, branch):
        row.refresh_from_db()
    assert report.listing == check.listing == gap.closed_by == branch.parent == kept
    assert SchemeRole.objects.get().structure == kept
    assert set(kept.favourites.values_list("folder", flat=True)) == {own.pk, shared.pk}
    assert kept.proposals.count() == 1
    for model, name in links.relations():
        if links.RULES[model, name] in (links.UNITED, links.MOVED):
            assert not model.objects.filter(**{name: absorbed}).exists(), (model, name)


def test_partner_s_answer_is_kept_beside_what_open_data_proposes_of_the_same_fact(later):
    kept, absorbed = pair()
    later()
    facts = {"fact": "phone", "proposed_on": date(2026, 1, 1)}
    Proposal.objects.create(listing=kept, cells={"telephone": "1"}, source="open", **facts)
    Proposal.objects.create(listing=absorbed, cells={"telephone": "2"}, source="open", **facts)
    letter = Campaign.objects.create(name="Été", subject="x", body="y").letters.create(
        email="a@b.fr"
    )
    for listing in (kept, absorbed):
        reply = letter.replies.create(
            listing=listing, kind="changements", answered_at=timezone.now()
        )
        Proposal.objects.create(
            listing=listing, reply=reply, cells={"telephone": listing.name}, source="lui", **facts
        )
    merge(kept, absorbed)
    later()
    found = sorted(row.cells["telephone"] for row in kept.proposals.all())
    assert found == sorted(["1", kept.name, absorbed.name])
    undoing.undo(Merge.objects.get())
    assert sorted(row.cells["telephone"] for row in absorbed.proposals.all()) == sorted(
        ["2", absorbed.name]
    )


def test_value_removed_from_the_kept_record_leaves_the_past_of_the_absorbed_one():
    kept, absorbed = pair(description="Demander Camille Zwoboda.")
    merge(kept, absorbed)
    remove(kept, ["Camille Zwoboda"], what="un nom", by=UserFactory())
    events = Listing.pgh_event_model.objects.filter(pgh_obj_id=absorbed.pk)
    assert events.exists()
    assert not events.filter(description__contains="Zwoboda").exists()
    absorbed.refresh_from_db()
    assert "Zwoboda" not in absorbed.description


def test_role_that_both_had_in_a_scheme_stays_once():
    kept, absorbed = pair()
    scheme = ListingFactory(kind="dispositif")
    for listing in (kept, absorbed):
        SchemeRole.objects.create(scheme=scheme, structure=listing, role="porteur")
    merge(kept, absorbed)
    assert SchemeRole.objects.get().structure == kept


def test_record_that_depends_on_the_one_it_absorbs_depends_on_nobody():
    kept, absorbed = pair()
    kept.parent = absorbed
    kept.save()
    merge(kept, absorbed)
    assert kept.parent is None


def test_two_schemes_unite_their_structures():
    kept, absorbed = (ListingFactory(kind="dispositif") for _ in range(2))
    both, other = ListingFactory(), ListingFactory()
    for scheme, structure in ((kept, both), (absorbed, both), (absorbed, other)):
        SchemeRole.objects.create(scheme=scheme, structure=structure, role="porteur")
    merge(kept, absorbed)
    assert set(kept.scheme_roles.values_list("structure", flat=True)) == {both.pk, other.pk}


# What is proposed


def test_what_stands_around_a_scheme_follows_and_tables_of_ceilings_never_overlap():
    kept, absorbed = pair(kind="dispositif")
    Listing.objects.filter(pk=kept.pk).update(kind="dispositif")
    for scheme in (kept, absorbed):
        Paper.objects.create(listing=scheme, name="Bail")
        Ceiling.objects.create(
            scheme=scheme, label="Mois", amounts=[1], valid_from=date(2026, 1, 1), source="s"
        )
    Paper.objects.create(listing=absorbed, name="Avis d'imposition")
    Step.objects.create(scheme=absorbed, title="Rendez-vous")
    SchemeDetails.objects.create(listing=absorbed, objective="Rester")
    Alternative.objects.create(scheme=absorbed, other=kept, reason="x")
    merge(kept, absorbed)
    assert {paper.name for paper in kept.papers.all()} == {"Bail", "Avis d'imposition"}
    assert [kept.steps.count(), kept.ceilings.count(), absorbed.ceilings.count()] == [1, 1, 1]
    assert kept.details.objective == "Rester"
    assert not kept.alternatives.exists()


def test_fuller_and_lately_verified_values_are_proposed():
    kept, absorbed = pair(email="relais@example.org", summary="Rend visite, accompagne, écoute.")
    verify(kept, on=date(2026, 3, 1))
    verify(absorbed, on=date(2026, 10, 1))
    rows = proposals(kept, absorbed)
    assert (rows["phone"].proposed, rows["phone"].reason) == ("absorbee", "vérifiée le 01/10/2026")
    assert (rows["summary"].proposed, rows["summary"].reason) == ("absorbee", "plus complète")
    assert (rows["email"].proposed, rows["email"].reason) == ("absorbee", "seule renseignée")
    assert (rows["description"].proposed, rows["name"].proposed) == ("gardee", "gardee")


def test_published_and_fuller_record_is_the_one_to_keep():
    poor = ListingFactory(status=Listing.Status.TO_CHECK, description="longue")
    full = ListingFactory()
    assert choices.order(*uniting.read([poor.pk, full.pk])) == (full, poor)
    richer = ListingFactory(description="plus", email="a@example.org")
    assert choices.order(*uniting.read([full.pk, richer.pk])) == (richer, full)


def test_what_is_chosen_is_written_and_a_text_can_be_both():
    kept, absorbed = pair(description="Aussi le samedi.", phone="+33261910099")
    phone = kept.phone
    merge(kept, absorbed, phone="gardee", description="ensemble", name="absorbee")
    assert kept.phone == phone
    assert kept.description == "Rend visite chaque semaine.\n\nAussi le samedi."
    assert kept.name == "Relais Bocage"


def test_zone_of_one_replaces_the_unspecified_zone_of_the_other():
    kept, absorbed = ListingFactory(zones=[]), ListingFactory()
    merge(kept, absorbed)
    assert not kept.is_zone_unspecified
    assert kept.zone_links.count() == 1


def test_zone_of_the_kept_record_alone_can_be_chosen():
    kept, absorbed = pair(zones=[territory("departement", "85")])
    merge(kept, absorbed, zones="gardee")
    assert [link.territory.code for link in kept.zone_links.all()] == ["248500464"]


def test_secret_place_wins_over_the_open_one():
    kept = ListingFactory(
        address="1 rue du Lay", siret="21850182100019", latitude=46.7, longitude=-0.8
    )
    shelter = ListingFactory(is_confidential=True, commune=commune("85182"))
    row = proposals(kept, shelter)["place"]
    assert (row.proposed, row.absorbed) == ("absorbee", choices.HIDDEN)
    merge(kept, shelter)
    assert (kept.is_confidential, kept.latitude, kept.siret, kept.address) == (True, None, "", "")


def test_draft_that_absorbs_a_published_record_is_published():
    kept, absorbed = pair()
    Listing.objects.filter(pk=kept.pk).update(status=Listing.Status.DRAFT)
    merge(kept, absorbed)
    assert (kept.status, absorbed.status) == (Listing.Status.PUBLISHED, Listing.Status.ARCHIVED)


def test_structure_and_scheme_are_not_merged():
    with pytest.raises(uniting.Refused, match="nature"):
        merge(ListingFactory(), ListingFactory(kind="dispositif"))


def test_record_that_could_not_stay_published_is_refused_and_nothing_is_written():
    kept, absorbed = pair()
    Listing.objects.filter(pk=absorbed.pk).update(summary="", status=Listing.Status.DRAFT)
    with pytest.raises(uniting.Refused, match="une phrase"):
        merge(kept, absorbed, summary="absorbee")
    assert not Merge.objects.exists()
    assert Listing.objects.get(pk=absorbed.pk).status == Listing.Status.DRAFT


# The old address


def test_old_page_leads_to_the_kept_record_for_ever_even_by_a_chain(client):
    first, second, third = (ListingFactory() for _ in range(3))
    merge(second, first)
    merge(third, second)
    for role in (User.Role.ADVISER, User.Role.MANAGER):
        client.force_login(UserFactory(role=role))
        for old in (first, second):
            answer = client.get(f"{old.get_absolute_url()}?commune=85182&mot=durand")
            assert answer.status_code == 301
            assert answer.url == f"{third.get_absolute_url()}?commune=85182"


def test_other_addresses_of_the_absorbed_record_lead_on_too(client):
    kept, absorbed = pair()
    merge(kept, absorbed)
    client.force_login(UserFactory())
    assert client.get(reverse("listing_map", args=[absorbed.pk])).url.endswith(
        f"{kept.pk}/carte.json"
    )
    answer = client.post(reverse("report", args=[absorbed.pk]), {"kind": "ferme"}, follow=True)
    assert answer.redirect_chain[0] == (reverse("report", args=[kept.pk]), 308)
    assert Report.objects.get().listing == kept


def test_record_that_never_was_is_still_not_found(client):
    client.force_login(UserFactory())
    assert client.get("/fiches/999999/").status_code == 404


def test_absorbed_record_is_edited_through_the_kept_one_and_its_history_is_readable(manager):
    kept, absorbed = pair()
    merge(kept, absorbed)
    edit = reverse("manage_records_edit", args=[absorbed.pk])
    assert manager.get(edit).url == reverse("manage_records_edit", args=[kept.pk])
    page = manager.get(reverse("manage_records_history", args=[absorbed.pk])).content.decode()
    assert "a été fusionnée" in page
    assert "Relais Bocage" in page
    restore = reverse("manage_records_restore", args=[absorbed.pk])
    assert manager.post(restore).url == reverse("manage_merge_undo", args=[absorbed.pk])


# Taking it back


def whole_pair():
    kept, absorbed = pair(description="Autre texte, plus long que le premier.", helps=["impayes"])
    told = absorbed.contacts.create(name="Camille", source="x", recorded_on=date(2026, 1, 1))
    ContactNotice.objects.create(contact=told, way="courriel", done_on=date(2026, 4, 1))
    PermanenceFactory(listing=absorbed)
    Report.objects.create(kind=Report.Kind.CLOSED, listing=absorbed)
    verify(absorbed)
    folder = FolderFactory()
    for listing in (kept, absorbed):
        Favourite.objects.create(folder=folder, listing=listing)
    scheme = ListingFactory(kind="dispositif")
    for listing in (kept, absorbed):
        SchemeRole.objects.create(scheme=scheme, structure=listing, role="porteur")
    return kept, absorbed


def test_merge_taken_back_leaves_both_as_they_were(later):
    kept, absorbed = whole_pair()
    later()
    before = [state(kept), state(absorbed)]
    made = merge(kept, absorbed)
    later()
    undoing.undo(made)
    assert [state(kept), state(absorbed)] == before
    absorbed.refresh_from_db()
    assert absorbed.status == Listing.Status.PUBLISHED
    assert absorbed.reports.count() == absorbed.verifications.count() == 1
    assert absorbed.favourites.count() == absorbed.roles_in_schemes.count() == 1
    assert kept.favourites.count() == kept.roles_in_schemes.count() == 1
    assert absorbed.contacts.get().notice.way == "courriel"
    assert not Merge.objects.exists()
    assert not derived.stale().exists()


def around(listing):
    """What the history says stands around a record, keys of rows apart."""
    parts = versions.read(listing)[-1].after.parts
    names = ["papers", "documents", "steps", "doors", "criteria", "alternatives"]
    return {name: sorted(map(versions.row_facts, parts[name].values())) for name in names}


def test_parts_around_two_schemes_follow_in_order_and_go_back_when_the_merge_does(later):
    kept, absorbed = (ListingFactory(kind="dispositif") for _ in range(2))
    for scheme in (kept, absorbed):
        Paper.objects.create(listing=scheme, order=1, name="Bail")
    Paper.objects.create(listing=absorbed, order=2, name="RIB")
    sheet = Document.objects.create(
        listing=absorbed, title="Plaquette", file_name="p.pdf", file_size=4
    )
    DocumentFile.objects.create(document=sheet, content=b"%PDF")
    for order, title in enumerate(["Visite", "Bilan"], start=1):
        Step.objects.create(scheme=absorbed, order=order, title=title, document=sheet)
    EntryPoint.objects.create(scheme=absorbed, territory=commune("85182"), label="Guichet")
    group = CriterionGroup.objects.create(scheme=absorbed, order=1, rule="toutes")
    Criterion.objects.create(group=group, order=1, kind="age", minimum=75)
    Alternative.objects.create(scheme=absorbed, other=ListingFactory(), reason="Sans bail")
    later()
    before = [around(kept), around(absorbed)]
    made = merge(kept, absorbed)
    later()
    assert [step.title for step in kept.steps.all()] == ["Visite", "Bilan"]
    assert [paper.name for paper in kept.papers.all()] == ["Bail", "RIB"]
    assert not any(around(absorbed).values())
    [told] = versions.read(kept)[-1].after.parts["criteria"].values()
    assert [row["minimum"] for row in told["criteria"]] == [75]
    assert bytes(kept.documents.get().file.content) == b"%PDF"
    undoing.undo(made)
    later()
    assert [around(kept), around(absorbed)] == before
    assert bytes(absorbed.documents.get().file.content) == b"%PDF"
    assert absorbed.criterion_groups.get().criteria.get().minimum == 75


def test_document_that_both_have_is_there_once_and_each_has_its_own_again_when_undone(later):
    kept, absorbed = ListingFactory(), ListingFactory()
    for listing in (kept, absorbed):
        Document.objects.create(listing=listing, title="Mémo", text="Appeler le matin.")
        Document.objects.create(listing=listing, title="Plaquette", file_name="p.pdf", file_size=4)
    Document.objects.create(listing=absorbed, title="Mémo", text="Appeler le soir.")
    later()
    before = [around(kept), around(absorbed)]
    made = merge(kept, absorbed)
    later()
    assert sorted(document.title for document in kept.documents.all()) == [
        "Mémo", "Mémo", "Plaquette", "Plaquette",
    ]  # fmt: skip
    undoing.undo(made)
    later()
    assert [around(kept), around(absorbed)] == before


def rich_schemes():
    """Two schemes that have, each, what only one record can have."""
    schemes = [ListingFactory(kind="dispositif") for _ in range(2)]
    for scheme, age in zip(schemes, (60, 75), strict=True):
        group = CriterionGroup.objects.create(scheme=scheme, order=1, rule="toutes")
        Criterion.objects.create(group=group, order=1, kind="age", minimum=age)
        Step.objects.create(scheme=scheme, order=1, title=f"Visite à {age} ans", actor="le CCAS")
        money = ["pret", "bon"] if age == 75 else []
        SchemeDetails.objects.create(listing=scheme, objective=f"Dès {age} ans", money=money)
        WayThere.objects.create(listing=scheme, without_car=f"Bus {age}")
        Relation.objects.create(listing=scheme, we_expect=f"Un bilan à {age} ans")
        facts = {"amounts": [age], "valid_from": date(2026, 1, 1), "source": "s"}
        for label in ("Mois", f"Dès {age} ans"):
            Ceiling.objects.create(scheme=scheme, label=label, **facts)
    return schemes


def single_parts(listing):
    """What `rich_schemes` gave a record and its history tells now."""
    found = versions.read(Listing.objects.get(pk=listing.pk))[-1].after.parts
    names = ["criteria", "details", "steps", "way_there", "ceilings", "relation"]
    return {name: sorted(map(str, map(versions.row_facts, found[name].values()))) for name in names}


def test_what_only_one_can_have_is_asked_and_that_of_the_kept_record_proposed():
    kept, absorbed = rich_schemes()
    rows = proposals(kept, absorbed)
    assert (rows["criteria"].kept, rows["criteria"].absorbed) == (
        "Ceci\u00a0: 60\u00a0ans ou plus.", "Ceci\u00a0: 75\u00a0ans ou plus.",
    )  # fmt: skip
    assert rows["details"].absorbed.splitlines() == [
        "Objectif\u00a0: Dès 75 ans",
        "Si c'est de l'argent\u00a0: prêt, bon ou chèque",
        "Où il en est\u00a0: en cours",
    ]
    assert rows["steps"].kept == "1. Visite à 60 ans, le CCAS"
    assert rows["ceilings"].kept == "Mois (01/01/2026)\u00a0: 1\u00a0pers. 60\u00a0€"
    assert rows["relation"].absorbed.endswith("Un bilan à 75 ans")
    assert {rows[name].proposed for name in parts.PARTS} == {choices.KEPT}
    merge(kept, absorbed)
    assert kept.details.objective == "Dès 60 ans"
    assert [kept.steps.get().title, absorbed.steps.get().title] == [
        "Visite à 60 ans", "Visite à 75 ans",
    ]  # fmt: skip
    assert absorbed.criterion_groups.get().criteria.get().minimum == 75


def test_what_one_record_alone_has_is_not_asked_and_follows():
    kept, absorbed = (ListingFactory(kind="dispositif") for _ in range(2))
    SchemeDetails.objects.create(listing=absorbed, objective="Rester")
    Ceiling.objects.create(
        scheme=absorbed, label="Mois", amounts=[1], valid_from=date(2026, 1, 1), source="s"
    )
    WayThere.objects.create(listing=kept, without_car="Bus")
    assert not set(parts.PARTS) & set(proposals(kept, absorbed))
    merge(kept, absorbed, criteria="absorbee", way_there="absorbee")
    assert (kept.details.objective, kept.way_there.without_car) == ("Rester", "Bus")
    assert kept.ceilings.count() == 1


def test_parts_of_the_absorbed_record_can_be_kept_and_go_back_when_the_merge_does(later):
    kept, absorbed = rich_schemes()
    later()
    before = [single_parts(kept), single_parts(absorbed)]
    made = merge(kept, absorbed, **dict.fromkeys(parts.PARTS, "absorbee"))
    later()
    assert kept.criterion_groups.get().criteria.get().minimum == 75
    assert absorbed.criterion_groups.get().criteria.get().minimum == 60
    now = Listing.objects.get(pk=kept.pk)
    assert (now.details.objective, now.way_there.without_car) == ("Dès 75 ans", "Bus 75")
    assert now.steps.get().title == "Visite à 75 ans"
    assert now.relation.we_expect == "Un bilan à 75 ans"
    tables = {row.label: int(row.amounts[0]) for row in now.ceilings.all()}
    assert tables == {"Mois": 75, "Dès 60 ans": 60, "Dès 75 ans": 75}
    undoing.undo(made)
    later()
    assert [single_parts(kept), single_parts(absorbed)] == before
    assert absorbed.criterion_groups.get().criteria.get().minimum == 75


@pytest.mark.parametrize("whose", ["gardee", "absorbee"])
def test_criterion_that_led_to_the_other_record_does_not_lead_to_its_own(later, whose):
    kept, absorbed = rich_schemes()
    for scheme, other in ((kept, absorbed), (absorbed, kept)):
        row = scheme.criterion_groups.get().criteria
        row.update(redirect=other, redirect_text="Le guichet d'à côté")
    later()
    before = [single_parts(kept), single_parts(absorbed)]
    made = merge(kept, absorbed, criteria=whose)
    later()
    told = kept.criterion_groups.get().criteria.get()
    assert (told.redirect, told.redirect_text) == (None, "Le guichet d'à côté")
    assert absorbed.criterion_groups.get().criteria.get().redirect == kept
    undoing.undo(made)
    later()
    assert [single_parts(kept), single_parts(absorbed)] == before
    assert kept.criterion_groups.get().criteria.get().redirect == absorbed
    assert absorbed.criterion_groups.get().criteria.get().redirect == kept


def test_criterion_that_follows_alone_does_not_lead_to_its_own_record(later):
    kept, absorbed = (ListingFactory(kind="dispositif") for _ in range(2))
    group = CriterionGroup.objects.create(scheme=absorbed, order=1, rule="toutes")
    Criterion.objects.create(group=group, order=1, kind="age", minimum=75, redirect=kept)
    later()
    made = merge(kept, absorbed)
    later()
    assert kept.criterion_groups.get().criteria.get().redirect is None
    undoing.undo(made)
    assert absorbed.criterion_groups.get().criteria.get().redirect == kept


def test_way_to_a_secret_place_is_not_shown_and_the_one_of_the_place_is_proposed():
    kept, shelter = ListingFactory(), ListingFactory(is_confidential=True)
    for listing in (kept, shelter):
        WayThere.objects.create(listing=listing, without_car=f"Bus {listing.pk}")
    row = proposals(kept, shelter)["way_there"]
    assert (row.proposed, row.absorbed) == (choices.ABSORBED, choices.HIDDEN)


def test_merge_is_not_taken_back_once_a_step_was_added(later):
    kept, absorbed = (ListingFactory(kind="dispositif") for _ in range(2))
    Paper.objects.create(listing=absorbed, name="Bail")
    later()
    made = merge(kept, absorbed)
    later()
    with pghistory.context(user=1):
        Step.objects.create(scheme=kept, order=1, title="Rendez-vous")
    later()
    assert undoing.obstacle(made) == undoing.CHANGED


def test_history_of_both_tells_the_merge_and_its_end(later):
    kept, absorbed = whole_pair()
    later()
    made = merge(kept, absorbed)
    later()
    assert not versions.read(absorbed)[-1].after.parts["contacts"]
    assert versions.read(kept)[-1].after.parts["contacts"]
    undoing.undo(made)
    later()
    assert versions.read(absorbed)[-1].after.parts["contacts"]
    assert not versions.read(kept)[-1].after.parts["contacts"]


def test_merge_that_something_was_built_on_is_not_taken_back(later):
    kept, absorbed = whole_pair()
    later()
    made = merge(kept, absorbed)
    later()
    verify(kept, on=date(2026, 11, 20))
    later()
    assert undoing.obstacle(made) == ""
    with pghistory.context(user=1):
        Listing.objects.filter(pk=kept.pk).update(summary="Changée depuis.")
    later()
    assert undoing.obstacle(made) == undoing.CHANGED
    with pytest.raises(uniting.Refused, match="modifiée depuis"):
        undoing.undo(made)


def test_chain_is_taken_back_from_its_end(later):
    first, second, third = (ListingFactory() for _ in range(3))
    later()
    made = merge(second, first)
    later()
    last = merge(third, second)
    later()
    assert undoing.obstacle(made) == undoing.CHAINED
    undoing.undo(last)
    later()
    assert Merge.objects.kept_for([first.pk]) == {first.pk: second.pk}


def test_merge_with_a_secret_address_is_said_to_last(later):
    kept, absorbed = ListingFactory(), ListingFactory(is_confidential=True)
    assert undoing.lasting(kept, absorbed) == undoing.CONFIDENTIAL


# Sources


def test_source_of_the_absorbed_record_only_proposes_from_then_on():
    kept, absorbed = pair()
    known = {"kind": "structure", "source": "x", "fingerprint": 1, "context": 1}
    record = SourceRecord.objects.create(listing=absorbed, identifier="x--1", **known)
    made = merge(kept, absorbed)
    record.refresh_from_db()
    assert (record.listing, record.is_creator) == (kept, False)
    links.give_back(kept, absorbed, made.moved)
    record.refresh_from_db()
    assert (record.listing, record.is_creator) == (absorbed, True)


def test_two_records_of_open_data_keep_each_its_source():
    kept, absorbed = pair()
    known = {"kind": "structure", "source": "x", "fingerprint": 1, "context": 1}
    for listing in (kept, absorbed):
        SourceRecord.objects.create(listing=listing, identifier=f"x--{listing.pk}", **known)
    merge(kept, absorbed)
    assert SourceRecord.objects.filter(listing=absorbed).count() == 1


def test_distinctions_follow_and_that_of_the_two_goes():
    kept, absorbed = pair()
    other, known = ListingFactory(), ListingFactory()
    for first, second in ((absorbed, other), (known, absorbed), (known, kept), (kept, absorbed)):
        Distinction.objects.create(first=first, second=second)
    merge(kept, absorbed)
    said = {frozenset(pair) for pair in Distinction.objects.values_list("first", "second")}
    assert said == {frozenset({kept.pk, other.pk}), frozenset({kept.pk, known.pk})}
    assert Distinction.objects.count() == 2


def test_search_finds_the_kept_record_alone():
    kept, absorbed = pair()
    merge(kept, absorbed)
    assert hasattr(Listing.objects.get(pk=kept.pk), "entry")
    assert not hasattr(Listing.objects.get(pk=absorbed.pk), "entry")
    refresh(absorbed)
    assert not derived.stale().exists()
