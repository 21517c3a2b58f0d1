"""The words that come with the project: whole, in order, and never over what staff wrote."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from partners import known
from partners.imports import vocabulary
from partners.models import (
    DangerSign,
    GlossaryTerm,
    Helpline,
    Situation,
    Territory,
    Verification,
)
from partners.vocabulary.situations import archive
from partners.vocabulary_forms import MOST_WORDS

pytestmark = pytest.mark.django_db


def slugs(links):
    return [link.helpline.slug for link in links.all()]


def edited(tmp_path, name, change):
    """A copy of the files in which `change(rows)` was applied to one."""
    for path in vocabulary.FOLDER.glob("*.json"):
        rows = json.loads(path.read_text())
        if path.stem == name:
            change(rows)
        (tmp_path / path.name).write_text(json.dumps(rows))
    return tmp_path


# What is loaded


def test_everything_is_there():
    assert Situation.objects.count() == 24
    assert Situation.objects.on_home().count() == 18
    assert DangerSign.objects.count() == 7
    assert Helpline.objects.count() == 31
    assert GlossaryTerm.objects.count() == 72
    assert sum(len(situation.synonyms) for situation in Situation.objects.all()) > 590


def test_no_number_is_said_to_be_verified():
    assert not Verification.objects.exists()


def test_helplines_of_a_situation_are_in_order():
    violence = Situation.objects.get(slug="violences")
    assert violence.is_danger
    assert slugs(violence.helpline_links)[:3] == [
        "police-gendarmerie",
        "urgence-114",
        "violences-femmes-3919",
    ]
    sign = DangerSign.objects.get(slug="vie-en-danger")
    assert slugs(sign.helpline_links) == ["urgence-europe", "samu", "pompiers"]


def test_the_landlord_comes_first_for_its_own_subjects():
    subjects = Situation.objects.exclude(internal_subject="")
    assert dict(subjects.values_list("slug", "internal_subject")) == {
        "impayes": "loyer",
        "expulsion": "loyer",
        "nuisibles-habitat": "technique",
        "voisinage": "voisinage",
        "logement-encombre": "social",
    }


def test_zones_of_helplines_are_territories():
    zones = {line.slug: (line.zone.kind, line.zone.code) for line in Helpline.objects.all()}
    assert zones["samu"] == ("pays", "france")
    assert zones["crip-85"] == ("departement", "85")
    assert {kind for kind, _ in zones.values()} == {"pays", "departement", "region"}


def test_114_takes_no_voice_call():
    line = Helpline.objects.get(slug="urgence-114")
    assert line.href == "sms:114"
    assert not line.takes_calls


def test_a_replaced_number_points_at_the_new_one():
    old = Helpline.objects.get(slug="maltraitance-3977")
    assert (old.status, old.replaced_by.number) == ("remplace", "3133")


def test_an_acronym_with_two_meanings_names_the_other():
    assert "adolescents" in GlossaryTerm.objects.get(acronym="MDA").ambiguous_with
    assert GlossaryTerm.objects.get(acronym="MDA (ados)").aliases == ["MDA", "maison des ados"]


def test_what_is_shown_has_french_spaces_before_double_punctuation():
    shown = [
        *Situation.objects.values_list("description", flat=True),
        *DangerSign.objects.values_list("message", flat=True),
        *Helpline.objects.values_list("audience", flat=True),
        *GlossaryTerm.objects.values_list("definition", flat=True),
    ]
    assert [text for text in shown if re.search(r" [:;!?»]|« ", text)] == []


def test_every_situation_has_an_icon():
    assert not Situation.objects.filter(icon="").exists()


def test_words_of_each_row_fit_its_form_and_are_told_once():
    for model, name in vocabulary.WORDS.items():
        for row in model.objects.all():
            said = getattr(row, name)
            assert len(said) <= MOST_WORDS, row
            assert len(set(said)) == len(said), row


# Loading again


def test_loading_again_changes_nothing_and_leaves_no_history():
    before = Helpline.pgh_event_model.objects.count()
    reports = vocabulary.load(update=True)
    assert [(r.created, r.unchanged, r.differences) for r in reports] == [
        (0, 31, []),
        (0, 24, []),
        (0, 7, []),
        (0, 72, []),
        (0, 24, []),
    ]
    assert Helpline.pgh_event_model.objects.count() == before


def test_what_staff_wrote_stays_and_is_named(capsys):
    Situation.objects.filter(slug="impayes").update(label="Loyers en retard")
    DangerSign.objects.get(slug="suicide").helpline_links.first().delete()
    call_command("import_vocabulary")
    assert Situation.objects.get(slug="impayes").label == "Loyers en retard"
    out = capsys.readouterr().out
    assert "Situations\u00a0: 0 ajout, 0 changement, 23 à l'identique" in out
    assert "(--update pour les remplacer)\u00a0: impayes" in out
    assert "(--update pour les remplacer)\u00a0: suicide" in out


def with_word(tmp_path, word, *slugs, name="situations", field="synonyms"):
    """A copy of the files in which these rows have one word more."""

    def change(rows):
        for row in rows:
            if row["slug"] in slugs:
                row[field].append(word)

    return edited(tmp_path, name, change)


def test_words_of_a_newer_version_reach_an_installation(tmp_path, capsys):
    """Rows that staff changed too; what else they wrote stays."""
    Situation.objects.filter(slug="impayes").update(label="Loyers en retard")
    folder = with_word(tmp_path, "zinnia fané", "impayes")
    assert vocabulary.load(folder=folder)[1].words == 1
    impayes = Situation.objects.get(slug="impayes")
    assert (impayes.label, impayes.synonyms[-1]) == ("Loyers en retard", "zinnia fané")
    assert known.lexicon().vocabulary.phrases_with("zinnia")
    again = vocabulary.load(folder=folder)[1]
    assert (again.words, again.different) == (0, ["impayes"])


def test_signs_of_danger_learn_too(tmp_path):
    with_word(tmp_path, "zinnia en feu", "gaz-feu", name="danger-signs", field="words")
    assert vocabulary.load(folder=tmp_path)[2].words == 1
    assert "zinnia en feu" in DangerSign.objects.get(slug="gaz-feu").words


def test_word_that_staff_took_away_does_not_come_back():
    impayes = Situation.objects.get(slug="impayes")
    impayes.synonyms.remove("loyer")
    impayes.save()
    assert vocabulary.load()[1].words == 0
    impayes.refresh_from_db()
    assert "loyer" not in impayes.synonyms


def test_word_that_staff_gave_to_another_situation_stays_there(tmp_path):
    voisinage = Situation.objects.get(slug="voisinage")
    voisinage.synonyms.append("zinnia fané")
    voisinage.save()
    folder = with_word(tmp_path, "zinnia fané", "impayes")
    assert vocabulary.load(folder=folder)[1].words == 0
    both = with_word(tmp_path, "zinnia fané", "impayes", "voisinage")
    assert vocabulary.load(folder=both)[1].words == 1


@pytest.mark.parametrize("with_words", [True, False])
def test_words_of_a_merged_situation_go_to_the_one_that_took_its_words(tmp_path, with_words):
    energie, impayes = (Situation.objects.get(slug=slug) for slug in ("energie", "impayes"))
    archive(energie, into=impayes, with_words=with_words)
    assert vocabulary.load(folder=with_word(tmp_path, "zinnia fané", "energie"))[1].words == 1
    impayes.refresh_from_db()
    energie.refresh_from_db()
    assert ("zinnia fané" in impayes.synonyms) == with_words
    assert ("zinnia fané" in energie.synonyms) != with_words


def test_update_puts_the_files_back_and_tells_each_field(capsys):
    Situation.objects.filter(slug="impayes").update(label="Loyers en retard", order=50)
    DangerSign.objects.get(slug="suicide").helpline_links.first().delete()
    call_command("import_vocabulary", update=True)
    out = capsys.readouterr().out
    assert "impayes, label\u00a0: Loyers en retard → Impayé de loyer" in out
    assert "impayes, order\u00a0: 50 → 3" in out
    assert "suicide, helplines\u00a0: suicide-3114 → samu, suicide-3114" in out
    assert Situation.objects.get(slug="impayes").label == "Impayé de loyer"
    assert slugs(DangerSign.objects.get(slug="suicide").helpline_links) == [
        "samu",
        "suicide-3114",
    ]


def test_a_missing_row_is_created_with_its_links():
    Situation.objects.filter(slug="violences").delete()
    _, situations, *_ = vocabulary.load()
    assert (situations.created, situations.unchanged) == (1, 23)
    assert len(slugs(Situation.objects.get(slug="violences").helpline_links)) == 8


def test_a_row_that_staff_added_stays():
    Situation.objects.create(slug="animaux", label="Animaux")
    vocabulary.load(update=True)
    assert Situation.objects.filter(slug="animaux").exists()


def test_a_wrong_value_stops_everything(tmp_path):
    Situation.objects.filter(slug="impayes").delete()
    GlossaryTerm.objects.filter(acronym="AAH").delete()
    folder = edited(tmp_path, "glossary", lambda rows: rows[0].update(expansion="x" * 300))
    with pytest.raises(ValidationError):
        vocabulary.load(folder=folder)
    assert not Situation.objects.filter(slug="impayes").exists()


def test_without_territories_the_command_says_what_to_do_first():
    Helpline.objects.update(replaced_by=None)
    Helpline.objects.all().delete()
    Territory.objects.filter(kind="pays").delete()
    with pytest.raises(CommandError, match="import_territories"):
        call_command("import_vocabulary", verbosity=0)
    assert not Helpline.objects.exists()
