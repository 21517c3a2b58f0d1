"""The forms of a French word: plurals, feminines, the tenses of the verbs that tell of trouble.

A form keeps its accents, so that « cure » typed « curé » is another word (`is_spelled`).
"""

import re
from collections.abc import Iterator
from functools import cache

from partners.words.folding import fold
from partners.words.french import PLURAL_ONLY, listed

SHORT = 6  # letters; under that an accent too many makes another word

FIRST_GROUP = """
    frapper taper crier parler pleurer aboyer payer fumer droguer picoler amasser entasser
    accumuler manger tomber craquer laver négliger suicider scarifier tuer menacer harceler gifler
    séparer ennuyer arriver gérer sauter avaler saigner respirer étrangler séquestrer maltraiter
    donner expulser héberger chauffer adapter changer réparer couper bloquer licencier renvoyer
    isoler encombrer surendetter hospitaliser insulter agresser violer fuguer divorcer élever
    déprimer angoisser délirer arnaquer escroquer voler casser hurler injurier déranger amener
    traiter diriger jouer miser consommer alcooliser soigner déménager squatter accoucher
    chercher trouver rembourser endetter ruiner accompagner ramasser stocker empester puer
    coucher loger relayer retirer paumer dealer traficoter adopter garder placer signaler menacer
    cogner tabasser nettoyer ranger entrer rentrer relever régler saouler renoncer refuser
    abuser profiter dépouiller piquer disputer engueuler traîner divaguer mutiler effondrer
    brutaliser terroriser quitter laisser oublier radier embaucher démissionner claquer squatter
    dégrader cambrioler circuler marcher monter boucler garer utiliser déclarer imprimer
    scanner mendier
    fouiller embrouiller provoquer soûler sniffer fréquenter manquer rater louer spolier racketter
    humilier surveiller contrôler enfermer étouffer mordre brûler tenter errer perturber
    défoncer bousculer pincer confisquer siffler cramer convulser immoler enjamber chuchoter
    priver attacher malmener poignarder rôder fracturer extorquer secouer squatter noyer crépiter
"""
IRREGULAR = """
    battre: bat bats battent battait battre battu battue battus battues bats
    boire: boit bois boivent boire buvait buvaient bu boirait
    dormir: dort dors dorment dormir dormait dormaient
    sortir: sort sors sortent sortir sortait sorti sortie
    voir: voit vois voient voir voyait vu vue vus vues
    répondre: répond réponds répondent répondre répondait répondu
    perdre: perd perds perdent perdre perdu perdue perdus perdait
    prendre: prend prends prennent prendre prenait
    mourir: mourir meurt mourrait
    vouloir: veut veux veulent vouloir voulait voudrait
    pendre: pendre pend pendu pendue
    plaindre: plaint plaignent plaindre plaignait
    lire: lire lit lisait
    comprendre: comprend comprends comprennent comprendre comprenait
    aller: va vont aller allait vais
    ouvrir: ouvre ouvrent ouvrir ouvrait ouvert
    suspendre: suspendu suspendue suspendus suspendues
    remplir: remplir remplit
    finir: finir
    sentir: sent sens sentait sentent
    devoir: doit doivent devait dois
    avoir: a ai ont avait avaient ayant as
    ne: ne n
    partir: parti partie partis part partir
    jeter: jette jettent jeter jetait jeté jetée jetés jetées
    tenir: tient tiennent tenir tenait
    servir: sert servir servait servent
    écrire: écrire écrit écrivait
    descendre: descend descendre descendait
    enfuir: fuit fuir fuyait enfuit enfuie
    craindre: craint crains
    vivre: vit vivent vivre vivait
    recevoir: reçoit reçoivent recevoir reçu
    nourrir: nourrir nourrit nourri nourrie nourris nourries
    subir: subit subir subissent subi
"""
ADJECTIVES = listed(
    """
    seul froid sourd saoul sale grand petit veuf ivre malade violent isolé handicapé
    étudiant voisin étranger écrivain français ukrainien allophone réfugié étudiant lent
    dément migrant apprenti adolescent dépendant vulnérable précaire insalubre étroit mort
    senior retraité menaçant humide moisi infesté pendu endormi perdu dépressif
    """
)
IRREGULAR_FORMS = {
    "vieux": ["vieux", "vieil", "vieille", "vieilles"],
    "vieille": ["vieux", "vieil", "vieille", "vieilles"],
    "fou": ["fou", "folle", "fous", "folles"],
    "veuf": ["veuf", "veuve", "veufs", "veuves"],
    "veuve": ["veuf", "veuve", "veufs", "veuves"],
    "oeil": ["oeil", "yeux"],
    "fils": ["fils"],
    "gaz": ["gaz"],
    "couches": ["couches"],
    "mémé": ["mémé", "mémés", "mèmè", "mémée"],
    "papi": ["papi", "papis", "papy", "papys", "papie"],
    "mamie": ["mamie", "mamies", "mamy", "mamys", "mami"],
    "voisin": ["voisin", "voisine", "voisins", "voisines"],
    "décédé": ["décédé", "décédée", "décédés", "décédées", "décèdé"],
}
PARTICIPLE = ("é", "ée", "és", "ées")
LAST_ACCENT = re.compile("é(?=e?s?$)")


@cache
def forms(word: str) -> frozenset[str]:
    """Every form of `word` (lower case, with accents) that says the same thing."""
    if word in IRREGULAR_FORMS:
        return frozenset(IRREGULAR_FORMS[word])
    if word in PLURAL_ONLY or (len(word) < 3 and word not in _verbs()):
        return frozenset([word])
    return frozenset([word]) | _of_verb(word) | _of_noun(word) | _heard(word)


def is_spelled(typed: str, form: str) -> bool:
    """Whether `typed` may stand for `form`, whose folded forms are equal.

    Missing accents are forgiven; in a short word an accent where `form` has none makes another
    word: « boîte », « curé ».
    """
    if len(form) >= SHORT or len(typed) != len(form):
        return True
    return all(t == f or fold(t) == t or fold(f) != f for t, f in zip(typed, form, strict=True))


def is_unaccented(typed: str, form: str) -> bool:
    """Whether `typed`, itself a form known here, is a long `form` whose accents nobody typed.

    Staff's « energie » does not hide « énergie ». Not when all that lacks is at the end:
    « maltraite » and « maltraité » are two words.
    """
    return len(form) >= SHORT and fold(typed) == typed and LAST_ACCENT.sub("e", form) != typed


def is_verb(word: str) -> bool:
    """Whether `word` (accents kept) is a form of one of the verbs known here, not a participle."""
    return word in _verbs() and not word.endswith(PARTICIPLE)


def verbs() -> Iterator[str]:
    """Every word that `is_verb`."""
    return filter(is_verb, _verbs())


def _of_verb(word: str) -> frozenset[str]:
    """All tenses for a finite form or an infinitive; for a participle, its agreements."""
    verb = _verbs().get(word)
    if verb is None:
        return frozenset()
    if word.endswith(PARTICIPLE) or word in _participles():
        return frozenset()
    return verb


@cache
def _verbs() -> dict[str, frozenset[str]]:
    """Each form of a verb to all its forms."""
    verbs: dict[str, frozenset[str]] = {}
    for infinitive in FIRST_GROUP.split():
        verbs |= dict.fromkeys(found := _conjugated(infinitive), found)
    for found in _irregular():
        verbs |= dict.fromkeys(found, found)
    return verbs


@cache
def _irregular() -> tuple[frozenset[str], ...]:
    """The forms of each verb of its own."""
    lines = IRREGULAR.strip().splitlines()
    return tuple(frozenset(line.split(":")[1].split()) for line in lines)


@cache
def _participles() -> frozenset[str]:
    """« battue », « perdu », which say something done; « fugue » and « pique » are present."""
    endings = ("u", "ue", "us", "ues")
    forms = frozenset().union(*_irregular())
    return frozenset(form for form in forms if form.endswith(endings) and form != "vu")


def _conjugated(infinitive: str) -> frozenset[str]:
    """A verb in -er: present, imperfect, future, participles; « paie » and « gère » too."""
    stem = infinitive.removesuffix("er").removesuffix("re")
    found = {stem + ending for ending in ENDINGS}
    if stem.endswith("g"):
        found |= {stem + "eait", stem + "eaient", stem + "eant"}
    strong = _strong(stem)
    return frozenset(found | {strong + ending for ending in ("e", "es", "ent", "era", "erait")})


ENDINGS = listed("er e es ent ez ait aient ais ant era erait eront é ée és ées")


def _strong(stem: str) -> str:
    """The stem under stress: « pai(e) », « gèr(e) », « élèv(e) », « harcèl(e) »."""
    if stem.endswith("y"):
        return stem[:-1] + "i"
    if len(stem) > 2 and stem[-2] in "eé" and stem[-1] not in "aeiouy":
        return stem[:-2] + "è" + stem[-1]
    return stem


def _heard(word: str) -> frozenset[str]:
    """A participle as it is heard: « va se faire expulsé »."""
    stem = word.rstrip("s").removesuffix("e").removesuffix("é")
    return frozenset([stem + "er"] if word.endswith(PARTICIPLE) and len(stem) > 3 else ())


def _of_noun(word: str) -> frozenset[str]:
    singulars = {word}
    if len(word) > 3 and word[-1] in "sx" and not word.endswith(("eux", "ss", "ous")):
        singulars.add(word[:-1])
    found = set(singulars)
    for singular in singulars:
        found |= _agreed(singular)
    return frozenset(found)


def _agreed(word: str) -> set[str]:
    """The plural, the feminine and its plural of a singular word, and back to the masculine."""
    if word.endswith(("eau", "eu")):
        return {word, word + "x"}
    for endings in AGREEMENTS:
        for ending in sorted(endings, key=len, reverse=True):
            if word.endswith(ending) and len(word) - len(ending) >= 2:
                stem = word[: len(word) - len(ending)]
                return {stem + other for other in endings}
    if word in ADJECTIVES:
        return {word + ending for ending in ("", "s", "e", "es")}
    if word.endswith("e") and word[:-1] in ADJECTIVES:
        return {word[:-1] + ending for ending in ("", "s", "e", "es")}
    return {word, word + "s"}


AGREEMENTS = [
    ending.split()
    for ending in (
        "é ée és ées",
        "eux euse euses",
        "teur teurs trice trices",
        "if ifs ive ives",
        "ien iens ienne iennes",
        "el els elle elles",
        "ier iers ière ières",
        "éger égers égère",
        "anger angers angère angères",
        "ant ants ante antes",
        "al ale aux ales",
        "ard ards arde ardes",
        "ois oise oises",
        "u ue us ues",
        "iqué iquée",
    )
]
