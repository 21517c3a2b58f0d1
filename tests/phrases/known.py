"""What the product knows, read from the files it is installed with: all of France, no database."""

import json
from functools import cache

from django.conf import settings

from partners import words
from partners.imports import france
from partners.words.lexicon import Lexicon, Topic, Vocabulary
from partners.words.towns import Former, Town, Towns


@cache
def lexicon() -> Lexicon:
    return Lexicon(vocabulary(), towns())


def vocabulary() -> Vocabulary:
    topics = [
        Topic(row["slug"], row["label"], tuple(row["synonyms"]), row["danger"])
        for row in sorted(_rows("situations"), key=lambda row: row["order"])
    ]
    signs = {row["slug"]: row["words"] for row in _rows("danger-signs")}
    terms = [term for row in _rows("glossary") for term in (row["acronym"], *row["aliases"])]
    return Vocabulary(topics, signs, terms)


def towns() -> Towns:
    read = france.read()
    keys = {place.code: key for key, place in enumerate(read.communes)}
    known = [
        Town(keys[p.code], p.code, p.name, p.population or 0, p.postal_codes) for p in read.communes
    ]
    today = [(words.fold_place(p.name), keys[p.code], None) for p in read.communes]
    former = [
        (words.fold_place(f.name), keys[f.commune], Former(f.code, f.name))
        for f in read.former_communes
    ]
    return Towns(known, [*today, *former])


def _rows(name):
    folder = settings.BASE_DIR / "fixtures" / "vocabulary"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
