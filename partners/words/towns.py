"""Communes in a text: names and former names, codes, names cut short or mistyped at home.

Home is the landlord's département: there a name may be cut short (« chall », « st gilles croix »)
and a shared one is meant. Elsewhere a name is whole, and a small commune needs a word that says
« at », a code, or to be all that was typed.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from partners.words.folding import departement_code
from partners.words.french import ARTICLES, SAINTS, listed

MOST_BEGUN = 12  # above, the beginning of a name says nothing (« saint »)
MOST_TOWNS = 20
KNOWN_POPULATION = 10_000
SHORTEST_BEGINNING = 4
INDEXED = 3  # letters of each word of a name
LINKS = listed("de du des d la le les l en sur sous s et a au aux")
GREAT_CITIES = {"75056": "paris", "69123": "lyon", "13055": "marseille"}


@dataclass(frozen=True, slots=True)
class Town:
    """A commune of today."""

    key: int
    code: str
    name: str
    population: int
    postal_codes: tuple[str, ...]

    @property
    def departement(self) -> str:
        return departement_code(self.code)


@dataclass(frozen=True, slots=True)
class Former:
    """A commune that is part of another one today: its own INSEE code, its name as shown."""

    code: str
    name: str


def label_of(name: str, former: str) -> str:
    """« Aubigny (Aubigny-Les Clouzeaux) »: a former commune, "" for none, in the one of today."""
    return f"{former} ({name})" if former else name


Found = dict[int, str]
"""Communes (keys), each with the name (folded) or code that it was found by, "" for several."""


class Towns:
    """The communes of France and the names they bear or bore, folded as `fold_place` does."""

    def __init__(
        self,
        towns: Iterable[Town],
        names: Iterable[tuple[str, int, Former | None]],
        departements: Mapping[str, str] | None = None,
    ) -> None:
        """`names` are (folded name, key of the commune, the former one so named or None), those of
        today first; `departements` their codes and names."""
        self.departements = dict(departements or {})
        self.by_key = {town.key: town for town in towns}
        self.former: dict[tuple[str, int], Former] = {}
        self.by_name: dict[str, tuple[int, ...]] = {}
        self.by_postal_code: dict[str, list[int]] = defaultdict(list)
        self.by_code = {town.code: town.key for town in self.by_key.values()}
        self._home: dict[str, Home] = {}
        for name, key, former in names:
            if key not in self.by_key:
                continue
            if former and former.code != self.by_key[key].code:
                self.by_code[former.code] = key
                self.former[former.code, key] = former
            if key not in (known := self.by_name.get(name, ())):
                self.by_name[name] = (*known, key)
                if former:
                    self.former[name, key] = former
        for town in self.by_key.values():
            for code in town.postal_codes:
                self.by_postal_code[code].append(town.key)
        self.longest = max((name.count(" ") + 1 for name in self.by_name), default=0)
        self.starts = {name.split(" ", 1)[0] for name in self.by_name}

    @cached_property
    def sorted(self) -> list[str]:
        """Every name, in order, for what begins so."""
        return sorted(self.by_name)

    @cached_property
    def postal_codes(self) -> list[str]:
        """Every postal code, in order."""
        return sorted(self.by_postal_code)

    @cached_property
    def codes(self) -> list[str]:
        """Every INSEE code, in order."""
        return sorted(self.by_code)

    @cached_property
    def known(self) -> dict[str, list[int]]:
        """The names of large communes, found by a word inside and through a typo."""
        return {
            name: large
            for name, keys in self.by_name.items()
            if (large := [k for k in keys if self.by_key[k].population >= KNOWN_POPULATION])
        }

    @cached_property
    def known_by_word(self) -> dict[str, list[str]]:
        """As `Home.by_word`, of large communes."""
        return index_words(self.known)

    def home(self, departement: str) -> "Home":
        """The names of one département, to be cut short and mistyped."""
        if departement not in self._home:
            names = {
                name: own
                for name, keys in self.by_name.items()
                if (own := [k for k in keys if self.by_key[k].departement == departement])
            }
            self._home[departement] = Home(names)
        return self._home[departement]

    def of_code(self, code: str) -> Found:
        """The communes of a postal code, else the one of an INSEE code, former ones included."""
        if found := self.by_postal_code.get(code):
            return dict.fromkeys(found, code)
        key = self.by_code.get(code.upper())
        return {} if key is None else {key: code.upper()}

    def bearing(self, name: str) -> Found:
        """Those that bear or bore this name."""
        return dict.fromkeys(self.by_name.get(name, ()), name)

    def name_of(self, key: int, name: str) -> str:
        """As shown, what a commune is or was called that was found by `name`."""
        return (self.former.get((name, key)) or self.by_key[key]).name

    def named(self, name: str, departement: str) -> Found:
        """Those that bear or bore this name at home, else those there whose name begins with
        these whole words, else the most populated of those that bear it and of the only large
        commune whose name begins so, if there is one."""
        exact = self.bearing(name)
        own = {key: name for key in exact if self.by_key[key].departement == departement}
        found = own or self._of_today(self.home(departement).begun(name))
        return found or self._largest(exact | self._begun(name))

    def _of_today(self, begun: Found) -> Found:
        """The only one that bears such a name today, if there is one: « le poiré »."""
        today = {key: name for key, name in begun.items() if (name, key) not in self.former}
        return today if len(today) == 1 else begun

    def _begun(self, name: str) -> Found:
        """The only large commune whose name begins with these whole words: « la baule »."""
        at = bisect_left(self._sorted_known, f"{name} ")
        found = [near for near in self._sorted_known[at : at + 2] if near.startswith(f"{name} ")]
        if len(name) < SHORTEST_BEGINNING or len(found) != 1:
            return {}
        return dict.fromkeys(self.known[found[0]], found[0])

    @cached_property
    def _sorted_known(self) -> list[str]:
        return sorted(self.known)

    def _largest(self, found: Found) -> Found:
        """A city hides the villages of its name; villages do not hide each other."""
        largest = max((self.by_key[key].population for key in found), default=0)
        least = largest / 10 if largest >= KNOWN_POPULATION else 0
        kept = [key for key in found if self.by_key[key].population >= least]
        kept.sort(key=lambda key: -self.by_key[key].population)
        return {key: found[key] for key in kept[:MOST_TOWNS]}


class Home:
    """The names of one département."""

    def __init__(self, names: dict[str, list[int]]) -> None:
        self.names = names
        self.sorted = sorted(names)
        self.by_start: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for name in self.sorted:
            words = tuple(name.split())
            self.by_start[words[0][:3]].append(words)
        self.by_word = index_words(names)

    def begun(self, name: str) -> Found:
        """The communes whose name begins with these whole words, unless there are too many."""
        return _few(self._of(self._with_prefix(f"{name} ")))

    def cut_short(self, words: Sequence[str]) -> Found:
        """The communes that these words cut short mean: the first begins the name, the others a
        word after it, in order."""
        if len(words[0]) < SHORTEST_BEGINNING and len(words) == 1:
            return {}
        begun = [name for name in self.by_start.get(words[0][:3], ()) if _begins(words, name)]
        return _few(self._of(" ".join(name) for name in begun))

    def other_saint(self, words: Sequence[str]) -> Found:
        """The communes of this name, but for « st » typed for « ste », or the reverse."""
        other = {"saint": "sainte", "sainte": "saint"}.get(words[0])
        name = " ".join([other, *words[1:]]) if other else ""
        return self._of([name] if name in self.names else [])

    def holding(self, word: str) -> Found:
        """The only commune that has this word in its name, if there is one: « yeu »."""
        found = self._of(name for name in self.names if word in name.split())
        return found if len(found) == 1 else {}

    def mistyped(self, name: str) -> Found:
        """The communes whose name is one typo away, two when it is long."""
        return _few(self._of(nearest(name, self.sorted)))

    def far(self, name: str) -> int:
        """How many typos make it one of these names; more than are forgiven when there is none."""
        near = nearest(name, self.sorted)
        return OSA.distance(name, near[0]) if near else typos(name) + 1

    def _of(self, names: Iterable[str]) -> Found:
        """The communes of these names."""
        found: Found = {}
        for name in names:
            for key in self.names[name]:
                found[key] = "" if key in found else name
        return found

    def _with_prefix(self, prefix: str) -> Iterator[str]:
        for name in islice(self.sorted, bisect_left(self.sorted, prefix), None):
            if not name.startswith(prefix):
                return
            yield name


def index_words(names: Iterable[str]) -> dict[str, list[str]]:
    """The first letters of each word of these names to the names."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for start in {word[:INDEXED] for word in name.split()}:
            found[start].append(name)
    return found


def nearest(name: str, names: Sequence[str]) -> list[str]:
    """The closest of `names`, within the typos that the length of `name` allows."""
    most = typos(name)
    found = process.extract(name, names, scorer=OSA.distance, score_cutoff=most, limit=5)
    best = min((score for _, score, _ in found), default=most + 1)
    return [near for near, score, _ in found if score == best]


def typos(word: str) -> int:
    """How many typos are forgiven: none under six letters, two from nine."""
    return 0 if len(word) < 6 else 1 if len(word) < 9 else 2


def place_word(word: str) -> str:
    """« st » is « saint » in the name of a place."""
    return SAINTS.get(word, word)


def bare(words: Sequence[str]) -> Sequence[str]:
    """Without a leading article, as names are kept."""
    return words[1:] if len(words) > 1 and words[0] in ARTICLES else words


def _few(found: Found) -> Found:
    return found if len(found) <= MOST_BEGUN else {}


def _begins(typed: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the typed words are a name cut short: « roche yon », « st jean mont »."""
    full = [word for word in typed[1:] if word not in LINKS]
    if not name[0].startswith(typed[0]) or (typed[1:] and not full):
        return False
    if typed[1:] and name[0] != typed[0] and len(typed[0]) < SHORTEST_BEGINNING:
        return False
    rest = iter(name[1:])
    return all(any(_is_cut(word, candidate) for candidate in rest) for word in full)


def _is_cut(word: str, candidate: str) -> bool:
    return candidate == word or (len(word) >= 3 and candidate.startswith(word))
