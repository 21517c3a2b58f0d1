"""Texts to read online and without a network: the phrases of advisers, and these with accidents."""

from random import Random

from partners import known
from partners.words import audiences
from partners.words.lexicon import Lexicon
from partners.words.reading import understand
from partners.words.towns import Former, Town, Towns
from tests.phrases.score import HOME, NO_SIGNS, SIGNS, TEXTS, read

LETTERS = "abcdeéèfghijlmnoprstuvxà"
BEFORE = [
    "pas de", "n'a pas", "aucun", "la caf", "plus", "82 ans", "depuis 10 ans", "85700", "85 700",
    "à", "à la", "st", "rue de", "mme", "résidence", "âgée de 71", "s'est fait", "Secteur",
]  # fmt: skip


def written() -> list[str]:
    """Every phrase of the tables."""
    return [phrase.text for name in [*TEXTS, *SIGNS, *NO_SIGNS] for phrase in read(name)]


def damaged(chance: Random, count: int) -> list[str]:
    """So many phrases with accidents: letters, words, order, capitals, what stands before."""
    whole = written()
    return [_damage(chance, chance.choice(whole), chance.choice(whole)) for _ in range(count)]


def _damage(chance, text, other):
    for accident in chance.sample([*LETTER, *WORDS], chance.choice([1, 2, 3])):
        text = accident(chance, text) or other
    return chance.choice([text, text, f"{text}, {other}"])


def _at_a_letter(change):
    def accident(chance, text):
        at = chance.randrange(len(text))
        return text[:at] + change(text[at:], chance.choice(LETTERS))

    return accident


LETTER = [
    _at_a_letter(lambda rest, letter: rest[1:]),
    _at_a_letter(lambda rest, letter: letter + rest),
    _at_a_letter(lambda rest, letter: letter + rest[1:]),
    _at_a_letter(lambda rest, letter: rest[1:2] + rest[:1] + rest[2:]),
]
WORDS = [
    lambda chance, text: " ".join(chance.sample(text.split(), len(text.split()))),
    lambda chance, text: " ".join(text.split()[1:]),
    lambda chance, text: chance.choice([str.upper, str.title])(text),
    lambda chance, text: f"{chance.choice(BEFORE)} {text}",
]


def at_home(pack) -> Lexicon:
    """What the box knows online when there are no communes but those of a pack."""
    towns = [
        Town(row["id"], row["code"], row["name"], row.get("population", 0), tuple(row["postal"]))
        for row in pack["communes"]
    ]
    names = [(row["key"], row["id"], None) for row in pack["communes"]]
    names += [
        (key, row["id"], Former(code, name))
        for row in pack["communes"]
        for name, key, code, _ in row.get("former", ())
    ]
    return Lexicon(known.lexicon().vocabulary, Towns(towns, names))


def understood(text, lexicon, pack):
    """What is read of `text` online, as `told`."""
    found = understand(text, lexicon, departement=HOME)
    public = audiences.narrowing(found.audience, found.situations, is_aged=found.is_aged)
    codes = [found.former.get(key, lexicon.towns.by_key[key]).code for key in found.towns]
    read = {"situations": found.situations, "communes": codes, "dangers": found.dangers}
    return told(read | {"audience": public}, pack)


def told(read, pack):
    """Situations, communes of the pack, the public to filter by, signs of danger that a number
    answers; lists are sorted."""
    here = {row["code"] for row in pack["communes"]}
    here |= {former[2] for row in pack["communes"] for former in row.get("former", ())}
    answered = {sign["slug"] for sign in pack["signs"]}
    return (
        sorted(read["situations"]),
        sorted(here.intersection(read["communes"])),
        read["audience"],
        sorted(answered.intersection(read["dangers"])),
    )
