"""Relations and local notes of the demonstration: invented, and of its own records."""

import tomllib

from partners import exchanges, permissions, privacy
from partners.models import LocalNote, Relation
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
