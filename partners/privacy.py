"""Words that look like a tenant's (rule R2): a soft warning, never a block (pure Python)."""

import re
from collections.abc import Iterator

NBSP = "\N{NO-BREAK SPACE}"

STREETS = (
    "rue|place|avenue|av|bd|boulevard|allée|impasse|chemin|route|quai|square|cours|passage|"
    "résidence|espace|salle|école|collège|lycée|stade|pont|parc"
)
PARTICLES = r"(?:de|du|des|d['’]|von|van|ben|el)\s*"
# Whom a partner's text may name by title: a function, not a person.
FUNCTIONS = re.compile(
    "adjointe?|administrat(?:eur|rice)|animat(?:eur|rice)|assistante?|avocate?|chargée?|cheff?e?|"
    "conciliat(?:eur|rice)|coordinat(?:eur|rice)|curat(?:eur|rice)|députée?|direct(?:eur|rice)|"
    "docteure?|inspect(?:eur|rice)|juge|maire|ministre|médiat(?:eur|rice)|notaire|préfète?|préfet|"
    "présidente?|principale?|procureure?|proviseure?|responsable|secrétaire|sous-préfet|tut(?:eur|rice)"
)
# What follows a title in an ordinary sentence (« monsieur ou madame », « M. le maire »).
ORDINARY = re.compile(
    "et|ou|le|la|les|l|une?|tout|toute|tous|toutes|qui|que|est|a|à|aux?|en|dans|pour|par|sur|avec|"
    "ne|se|son|sa|ses|tel|tél|comme|ainsi"
)

TITLE = (
    r"(?P<title>\b(?:mme|mmes|mlle|mr|madame|monsieur|mademoiselle)\b\.?"
    r"|\bM\.|\bM(?=\s[A-ZÀ-Þ]))"
)
TITLED = re.compile(
    rf"(?P<before>\b(?:{STREETS})\s+(?:de\s+|du\s+)?)?{TITLE}\s*"
    rf"(?P<name>(?:{PARTICLES})?(?P<word>[^\W\d_][\w-]*)(?P<end>['’]?))",
    re.IGNORECASE,
)
TITLES = ("mme", "mlle", "mr", "madame", "monsieur", "mademoiselle")
BORN = re.compile(r"n[ée](?:\(e\)|e)?\s+(?:le|en)\s+\d")
SHORT_TITLE = re.compile(r"M[.\s]")
BIRTH = re.compile(
    r"\bn[ée](?:\(e\)|e)?\s+(?:le|en)\s+\d{1,4}"
    r"(?:[/. -]+\d{1,2}[/. -]+\d{2,4}|(?:er)?\s+\w+\s+\d{4})?"
    r"|\b(?:date de naissance|ddn)\s*:?\s*\d{1,2}[/. -]\d{1,2}[/. -]\d{2,4}",
    re.IGNORECASE,
)


def suspicions(text: str) -> list[str]:
    """Sentences in French on what looks like a tenant in `text`, each once; [] when nothing does.

    « M. X », « Mme X », « Monsieur X », « Madame X » and birth dates. Titles of functions
    (« M. le maire ») and names of streets (« place Mme de Sévigné ») do not count.
    """
    names = (f"{_quote(found)} ressemble au nom d'une personne" for found in _names(text))
    births = (
        f"{_quote(found[0].strip())} ressemble à une date de naissance" for found in _births(text)
    )
    return list(dict.fromkeys([*names, *births]))


def _births(text: str) -> Iterator[re.Match[str]]:
    lowered = text.lower()
    if "naissance" in lowered or "ddn" in lowered or BORN.search(lowered):
        yield from BIRTH.finditer(text)  # slow on the long texts of open data


def _names(text: str) -> Iterator[str]:
    lowered = text.lower()
    if not (SHORT_TITLE.search(text) or any(title in lowered for title in TITLES)):
        return  # the expression below is slow on the long texts of open data
    for found in TITLED.finditer(text):
        if not found["before"] and _is_name(found):
            yield " ".join(f"{found['title']} {_whole_name(found)}".split())


def _whole_name(found: re.Match[str]) -> str:
    """With the word after the article of « M. Le Goff »."""
    if found["word"] not in ("Le", "La"):
        return found["name"]
    after = re.match(r"\s+[\w-]+", found.string[found.end() :])
    return found["name"] + (after[0] if after else "")


def _is_name(found: re.Match[str]) -> bool:
    if found["title"] in ("m.", "m"):
        return False
    if found["word"] in ("Le", "La"):  # « M. Le Goff », but « M. Le Maire »
        return not _is_function(found.string[found.end() :])
    word = found["word"].lower()
    return not (found["end"] or ORDINARY.fullmatch(word) or _is_function(found["name"]))


def _is_function(text: str) -> bool:
    words = re.findall(r"[\w-]+", text.lower())
    return bool(words) and FUNCTIONS.fullmatch(words[0]) is not None


def _quote(text: str) -> str:
    return f"«{NBSP}{text}{NBSP}»"
