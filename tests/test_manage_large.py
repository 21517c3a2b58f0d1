"""The workspace with 2,000 records and what hangs on them: few queries, and lists cut in pages."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners.campaigns import running
from partners.imports import bulk
from partners.known import lexicon
from partners.models import (
    Agency,
    Contact,
    CoverageZone,
    FormDraft,
    Gap,
    GlossaryTerm,
    Helpline,
    Invitation,
    Listing,
    ListingSituation,
    LocalNote,
    Permanence,
    Proposal,
    Relation,
    Report,
    Situation,
    Territory,
    Upload,
    UploadRow,
    User,
    Verification,
    derived,
)
from tests.campaigns import make_campaign
from tests.factories import AgencyFactory, UserFactory, change, scheme_with_all
from tests.test_roles import ADDRESSES

pytestmark = pytest.mark.django_db

RECORDS, FEWER = 2000, 200
MOST_QUERIES = 12
MOST_ROWS = 60  # of records, or of what hangs on them
FILES = {"manage_records_take_file"}
"""The whole directory in one file: read by blocks of 5,000, fifteen questions each."""

FIRST = ["Relais", "Maison", "Foyer", "Centre", "Espace", "Club", "Amicale", "Secours", "Point"]
SECOND = ["des Pins", "du Lay", "de la Baie", "du Marais", "des Aînés", "du Bocage", "du Port"]
THIRD = ["solidaire", "familial", "rural", "social", "mobile", "ouvert", "nouveau", "partagé"]
NAMES = [" ".join(words) for words in itertools.product(FIRST, SECOND, THIRD)]


@pytest.fixture
def towns():
    return itertools.cycle(Territory.objects.communes().filter(departement__code="85"))


@pytest.fixture
def records(towns):
    made = [
        Listing(
            name=f"{name} {number % 7}",
            summary="Rend visite.",
            status=Listing.Status.PUBLISHED if number % 10 else Listing.Status.TO_CHECK,
            phone=f"+3326191{number // 2:04d}",  # two and two alike
            email=f"partenaire{number}@example.org",
            commune=next(towns),
            source="test",
            source_id=str(number),
        )
        for number, name in zip(range(RECORDS), itertools.cycle(NAMES))
    ]
    bulk.insert(made)
    return made


def hang_on(records, facts):
    """A row of each of these models on each of the records."""
    for model, values in facts.items():
        model.objects.bulk_create(
            model(listing=record, **values(number)) for number, record in enumerate(records)
        )


def fill(records, towns, user):
    needs, today = list(Situation.objects.order_by("pk")), timezone.localdate()
    agency = AgencyFactory()
    hang_on(
        records,
        {
            ListingSituation: lambda n: {"situation": needs[n % len(needs)], "role": "coeur"},
            CoverageZone: lambda n: {"territory": next(towns)},
            Verification: lambda n: {"method": "appel", "checked_on": today - timedelta(n % 700)},
        },
    )
    hang_on(
        records[:FEWER],
        {
            Permanence: lambda n: {"commune": next(towns), "place": "mairie", "hours": "Tu[2]"},
            Contact: lambda n: {"name": f"Nom {n}", "source": "appel", "recorded_on": today},
            Relation: lambda n: {"next_contact_on": today - timedelta(n % 60)},
            Report: lambda n: {"kind": "mauvais-numero", "created_by": user},
            LocalNote: lambda n: {"agency": agency, "text": "Sonner.", "written_by": user},
            FormDraft: lambda n: {"owner": user, "key": f"f-{n}", "fields": {"name": ["x"]}},
            Proposal: lambda n: {"fact": "telephone", "cells": {}, "proposed_on": today},
        },
    )
    epci = Territory.objects.filter(kind="epci").order_by("pk")[:15]
    Gap.objects.bulk_create(
        Gap(situation=need, territory=area) for need in needs[:20] for area in epci
    )
    User.objects.bulk_create(User(email=f"collegue{n}@example.org") for n in range(FEWER))
    later = timezone.now() + timedelta(7)
    Invitation.objects.bulk_create(
        Invitation(email=f"invite{n}@example.org", expires_at=later) for n in range(FEWER)
    )


def gone_round():
    """A campaign that everyone was sent and nobody has answered."""
    campaign = make_campaign(name="Automne")
    running.start(campaign)
    now = timezone.now()
    campaign.letters.update(status="envoye", first_sent_at=now, last_sent_at=now)
    return campaign


def simulated(record):
    """A census whose every row waits for a decision."""
    upload = Upload.objects.create(
        file_name="recensement.csv",
        fingerprint="f",
        size=1,
        rows=RECORDS,
        content=b"nom\r\nRelais\r\n",
        status=Upload.Status.PLANNED,
    )
    alike = [{"pk": record.pk, "name": record.name, "reasons": ["même nom"]}]
    UploadRow.objects.bulk_create(
        UploadRow(upload=upload, line=line, name=f"Relais {line}", outcome="doute", alike=alike)
        for line in range(2, 2 + FEWER)
    )
    return upload


@pytest.fixture
def addresses(client, records, towns):
    """{name of an address of the workspace: the address}, in a directory that is full."""
    user = UserFactory(role=User.Role.ADMINISTRATOR)
    client.force_login(user)
    fill(records, towns, user)
    derived.refresh()
    for number in range(12):
        change(records[0], summary=f"Rend {number} visites.")
    campaign, draft = gone_round(), make_campaign()
    known = {
        "manage_accounts": user,
        "manage_campaigns": campaign,
        "manage_campaigns_edit": draft,
        "manage_campaigns_start": draft,
        "manage_imports": simulated(records[0]),
        "manage_gaps": Gap.objects.first(),
        "manage_reports": Report.objects.first(),
        "manage_reports_note": LocalNote.objects.first(),
        "manage_vocabulary_situation": Situation.objects.first(),
        "manage_vocabulary_helpline": Helpline.objects.first(),
        "manage_vocabulary_term": GlossaryTerm.objects.first(),
        "manage_agencies": Agency.objects.first(),
        "manage": records[1],
    }
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # which the server does by itself
    lexicon()  # what a process reads once
    return {name: address(name, known, records) for name in ADDRESSES if name not in FILES}


def address(name, known, records):
    arguments = dict(ADDRESSES[name])
    if "pk" in arguments:
        arguments["pk"] = known[max(filter(name.startswith, known), key=len)].pk
    if "first" in arguments:
        arguments |= {"first": records[2].pk, "second": records[3].pk}
    return reverse(name, kwargs=arguments)


def opened(client, where):
    """The answer of a page, and how many things it asked of the database."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(where)
    return answer, len(captured)


def test_every_page_asks_little_and_cuts_its_lists(client, addresses):
    costly, long = {}, {}
    for name, where in addresses.items():
        answer, asked = opened(client, where)
        if asked > MOST_QUERIES:
            costly[name] = asked
        text = answer.content.decode() if "html" in answer.headers["Content-Type"] else ""
        rows = max(text.count("Nom "), *(text.count(f">{first} ") for first in FIRST))
        if rows > MOST_ROWS:
            long[name] = rows
    assert (costly, long) == ({}, {})


def test_pages_of_schemes_that_have_all_parts_ask_little(client):
    client.force_login(UserFactory(role=User.Role.ADMINISTRATOR))
    schemes = [scheme_with_all() for _ in range(4)]
    names = [name for name in ADDRESSES if name.startswith(("manage_records", "manage_merge"))]
    found = {
        name: opened(client, address(name, {"manage": schemes[0]}, schemes))
        for name in names
        if name not in FILES
    }
    assert {name: asked for name, (_, asked) in found.items() if asked > MOST_QUERIES} == {}
    seen = {"manage_records_edit", "manage_records_part", "manage_merge_pair"}
    assert {found[name][0].status_code for name in seen} == {200}
