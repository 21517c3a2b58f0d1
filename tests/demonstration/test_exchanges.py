"""Relations and local notes of the demonstration: invented, and of its own records."""

import tomllib
from datetime import timedelta

from django.utils import timezone

from partners import exchanges, permissions, privacy
from partners.models import Instance, LocalNote, Meeting, Relation
from tests.factories import UserFactory


def test_relations_and_notes_are_of_records_that_are_there_and_suspect_nothing(demonstration):
    exchanges.write()
    told = tomllib.loads(exchanges.FILE.read_text(encoding="utf-8"))
    assert Relation.objects.count() == len(told["relations"])
    assert LocalNote.objects.count() == len(told["notes"])
    assert Relation.objects.due().exists()
    assert Relation.objects.planned().exists()
    assert {note.status for note in LocalNote.objects.all()} == set(LocalNote.Status.values)
    texts = [text for row in told["relations"] + told["notes"] for text in map(str, row.values())]
    assert not [text for text in texts if privacy.suspicions(text)]
    Relation.objects.first().delete()
    exchanges.write()
    assert Relation.objects.count() == len(told["relations"]) - 1


def test_notes_are_of_the_sector_of_their_agency(demonstration):
    exchanges.write()
    for note in LocalNote.objects.select_related("agency__sector", "listing"):
        asker = UserFactory.build(role="agence", agency=note.agency)
        assert permissions.can_write_note(note.listing, asker), note


def test_bodies_have_dates_to_come_on_the_days_that_the_file_says(demonstration):
    body, _ = Instance.objects.get_or_create(acronym="FSL", defaults={"name": "Commission"})
    Meeting.objects.all().delete()
    exchanges.write()
    met = list(body.meetings.from_day(timezone.localdate()))
    assert [meeting.held_on.weekday() for meeting in met] == [3, 3, 3]
    assert {meeting.held_on - meeting.files_until for meeting in met} == {timedelta(days=10)}
    assert {meeting.place for meeting in met} == {exchanges.PLACE}
