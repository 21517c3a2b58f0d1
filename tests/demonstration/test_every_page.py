"""No address asks the database for more than a dozen things, however much there is to show: the
directory, pages for people without an account, the API. `test_manage_large` is for the workspace.
"""

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners import invitations
from partners.api.urls import urlpatterns as api_urls
from partners.campaigns import links
from partners.manage_urls import manage_urls
from partners.models import (
    Agency,
    ApiToken,
    CalendarKey,
    Contact,
    Favourite,
    Folder,
    HandOut,
    Invitation,
    Letter,
    Listing,
    LocalNote,
    Proposal,
    Relation,
    Reply,
    Report,
    User,
    Verification,
)
from partners.urls import urlpatterns
from tests import api_client
from tests.campaigns import make_campaign
from tests.demonstration.test_queries import MOST
from tests.factories import UserFactory, refresh, scheme_with_all

CALL = "situation=isolement&commune=85182"
FILES = {"directory", "visit_pack"}
"""A sector to print or to take along: as many questions as there are kinds of rows in it."""

MOST_OF_RECORDS = 18
"""An answer of the API with up to 200 records: a question for each kind of row that they carry."""

KEPT = 30
"""Favourites, reports, notes… of the one who asks."""

PROPOSED = {
    "phone": {"telephone": "+33261910099"},
    "zones": {"zone_eligibilite": "44"},
    "situations": {"situations_coeur": "addictions"},
}

SHOWN = {
    "account",
    "calendar",
    "calendar_feed",
    "eligibility",
    "favourites",
    "folder",
    "handout",
    "handout_page",
    "handout_pdf",
    "helplines",
    "home",
    "invitation",
    "listing",
    "listing_document",
    "listing_map",
    "map",
    "map_points",
    "map_popup",
    "outlines",
    "partner",
    "partner_record",
    "partner_thanks",
    "report",
    "report_gap",
    "reported",
    "reports",
    "results",
    "situations",
    "visit",
}
"""Those that must be there, so that an error is not taken for a page that asks little."""


@pytest.fixture(scope="module", autouse=True)
def directory(demonstration):
    return demonstration


@pytest.fixture(params=[User.Role.MANAGER, User.Role.AGENCY])
def reader(request, client, db):
    """Somebody of an agency."""
    reader = UserFactory(role=request.param, agency=Agency.objects.first())
    client.force_login(reader)
    return reader


def hang_on(listing, reader):
    """All that the page of a record may show besides: people, words of colleagues, proposals."""
    today = timezone.localdate()
    agency = reader.agency
    Contact.objects.create(listing=listing, name="Aline", source="appel", recorded_on=today)
    Relation.objects.create(listing=listing, next_contact_on=today)
    for fact, cells in PROPOSED.items():
        Proposal.objects.create(listing=listing, fact=fact, cells=cells, proposed_on=today)
    LocalNote.objects.create(listing=listing, agency=agency, text="Sonner.", written_by=reader)
    Verification.objects.create(listing=listing, method="appel", checked_on=today)
    refresh(listing)


@pytest.fixture
def listings(directory, db):
    """Published records, those with most permanences first."""
    ranked = Listing.objects.published().annotate(places=Count("permanences"))
    return list(ranked.order_by("-places", "pk")[:KEPT])


@pytest.fixture
def kept(reader, listings):
    """`listings`, on which hangs what the reader keeps and has written."""
    folder = Folder.objects.create(name="Le mien", owner=reader, shared_with=reader.agency)
    for number, listing in enumerate(listings):
        Favourite.objects.create(folder=folder, listing=listing)
        Folder.objects.create(name=f"Dossier {number}", owner=reader)
        Report.objects.create(listing=listing, kind="mauvais-numero", created_by=reader)
        LocalNote.objects.create(
            listing=listing, agency=reader.agency, text="Sonner.", written_by=reader
        )
    return listings


def letter_about(listings):
    """A letter that has left, about all of these."""
    sent = timezone.now()
    facts = {"email": "plusieurs@example.org", "status": "envoye", "first_sent_at": sent}
    campaign = make_campaign(status="ouverte", started_at=sent)
    letter = Letter.objects.create(campaign=campaign, last_sent_at=sent, **facts)
    Reply.objects.bulk_create(Reply(letter=letter, listing=listing) for listing in listings)
    return letter


def invited():
    """The token of somebody's invitation."""
    invitation = Invitation(email="invitee@example.org")
    invitations.prepare(invitation)
    return invitations.address(invitation).rstrip("/").rpartition("/")[2]


@pytest.fixture
def addresses(kept, reader):
    """{name: address} of everything that is not the workspace."""
    record = {"pk": kept[0].pk}
    scheme = scheme_with_all()
    hang_on(scheme, reader)
    document = scheme.documents.get()
    of_document = {"pk": document.listing_id, "document": document.pk}
    folder = {"pk": Folder.objects.get(name="Le mien").pk}
    note = {"pk": LocalNote.objects.filter(written_by=reader).first().pk}
    report = {"pk": Report.objects.filter(created_by=reader).first().pk}
    taken = [*(scheme_with_all().pk for _ in range(3)), *(listing.pk for listing in kept[:3])]
    page = {"token": HandOut.objects.issue(taken)}
    partner = {"token": links.token(letter_about(kept))}
    choice = f"?{CALL}&fiches={','.join(map(str, taken))}"
    known = {
        "eligibility": ({}, f"?fiche={scheme.pk}&commune=85182"),
        "listing_short": (record, ""),
        "listing": ({"pk": scheme.pk, "slug": scheme.slug}, f"?{CALL}"),
        "listing_map": (record, ""),
        "listing_document": (of_document, ""),
        "listing_document_file": (of_document, ""),
        "report": (record, ""),
        "note": (record, ""),
        "note_remove": (note, ""),
        "note_restore": (note, ""),
        "proposal": (record, ""),
        "report_gap": ({}, f"?{CALL}"),
        "reported": (report, ""),
        "withdraw_report": (report, ""),
        "folder": (folder, ""),
        "folder_edit": (folder, ""),
        "folder_delete": (folder, ""),
        "folder_move": (folder, ""),
        "favourite": (record, ""),
        "arrange": (record, ""),
        "handout": ({}, choice),
        "handout_pdf": ({}, choice),
        "handout_page": (page, ""),
        "handout_page_document": (page | {"pk": document.pk}, ""),
        "results": ({}, f"?{CALL}"),
        "map_data": ({}, f"?{CALL}"),
        "map": ({}, f"?{CALL}"),
        "map_points": ({}, f"?{CALL}"),
        "map_popup": ({}, "?" + "&".join(f"fiche={listing.pk}" for listing in kept)),
        "outlines": ({"code": "85"}, ""),
        "reset": ({"uidb64": "MQ", "token": "x"}, ""),
        "invitation": ({"token": invited()}, ""),
        "calendar_feed": ({"secret": CalendarKey.objects.issue(reader)[1]}, ""),
        "partner": (partner, ""),
        "partner_record": (partner | {"pk": kept[0].pk}, ""),
        "partner_thanks": (partner, ""),
        "partner_leave": (partner, ""),
    }
    names = {pattern.name for pattern in urlpatterns} - {pattern.name for pattern in manage_urls}
    assert set(known) | FILES <= names
    found = {name: known.get(name, ({}, "")) for name in names}
    wanted = [(name, *told) for name, told in found.items() if name not in FILES]
    return {name: reverse(name, kwargs=facts) + query for name, facts, query in wanted}


def queries(ask, *arguments):
    """(status, how many) of a request made twice: what a process reads once, the first has."""
    ask(*arguments)
    with CaptureQueriesContext(connection) as captured:
        status = ask(*arguments).status_code
    return status, len(captured)


def too_many(found, most):
    return {name: told for name, told in found.items() if told[1] > most or told[0] >= 500}


def test_every_address_asks_a_dozen_things_at_most(client, addresses):
    found = {name: queries(client.get, where) for name, where in addresses.items()}
    assert too_many(found, MOST) == {}
    assert not {name for name in SHOWN if found[name][0] != 200}


def test_every_answer_of_the_api_asks_few_things(db):
    scheme = scheme_with_all()
    tool = api_client.api(*ApiToken.Scope.values, role=User.Role.ADMINISTRATOR)
    words = {"texte": "portage de repas", "commune": ["85182"]}
    asked = {
        "api_situations": lambda: tool.get("situations"),
        "api_territories": lambda: tool.get("territoires", q="pouz"),
        "api_helplines": lambda: tool.get("numeros-utiles"),
        "api_glossary": lambda: tool.get("sigles"),
        "api_listings": lambda: tool.get("fiches", situation="isolement", commune="85182"),
        "api_points": lambda: tool.get("fiches.geojson", bbox="-2,46,-1,47"),
        "api_search": lambda: tool.post("fiches/recherche", words),
        "api_listing": lambda: tool.get(f"fiches/{scheme.pk}"),
        "api_reports": lambda: tool.get(f"fiches/{scheme.pk}/signalements"),
        "api_procedure": lambda: tool.get(f"fiches/{scheme.pk}/demarche"),
        "api_understand": lambda: tool.post("comprendre", {"texte": "isolement"}),
        "api_schema": lambda: tool.get("schema/"),
        "api_docs": lambda: tool.get("docs/"),
        "walk": lambda: tool.get("fiches"),
        "changes": lambda: tool.get("fiches", modifie_depuis="2020-01-01T00:00:00Z"),
    }
    assert {pattern.name for pattern in api_urls if pattern.name} <= set(asked)
    found = {name: queries(ask) for name, ask in asked.items()}
    assert too_many(found, MOST_OF_RECORDS) == {}
