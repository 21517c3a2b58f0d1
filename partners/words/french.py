"""French as it is typed in a hurry: small words, shorthand, words that mean the same.

All forms are folded (lower case, no accents).
"""


def listed(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


# Words that may stand between the words of a phrase without changing it

SKIPPED = listed(
    """
    a ai as ont avait avaient ayant eu avoir ete est sont etait etaient etre suis es
    le la les l un une de du des d au aux en dans par sur avec pour chez vers
    je j tu il elle on nous vous ils elles me m te t se s lui leur
    mon ma mes ton ta tes son sa ses notre nos votre vos leurs ce cet cette ces c ca cela qui
    hier recemment fort forte mme mr monsieur madame ne n tres trop bien souvent toujours
    encore deja beaucoup presque vraiment
    tout toute tous
    e eur euro euros
    toutes assez un peu completement totalement constamment regulierement restent reste
    ans an mois deux trois quatre cinq six sept plusieurs petit petite petits petites gros grosse
    """
)
NEGATIONS = listed("pas plus jamais aucun aucune sans ni rien")

# What is dropped from the remaining words: grammar, courtesy, how a call is told, whom it is about

STOP = SKIPPED | listed(
    """
    y mais ou et donc or ni car que qu quoi quand comment combien pourquoi dont quel quelle quels
    quelles si oui non comme ainsi alors aussi puis apres avant pendant depuis durant jusque jusqu
    jusqua entre sous contre sans hors selon lors lorsque puisque parce malgre sauf ici la bas
    pas plus jamais rien aucun aucune guere moins autre autres meme memes tel telle chaque quelque
    quelques certain certaine certains certaines plein pleine pleins tellement autant
    moi toi eux soi celui celle ceux celles ceci
    ai avons avez aurait aura auront aient eue
    sommes etes sera serait seront soit soient fut etant
    va vas vais vont aller allait allaient ira irait viens vient viennent venir venait venu venue
    fait fais font faire faisait faites feront fera faut faudrait fallait
    veut veux veulent vouloir voulait voudrait voudrais voudraient
    peut peux peuvent pouvoir pouvait pourrait pourrais pourraient pu
    doit dois doivent devoir devait devrait du
    sait sais savoir savait savent semble parait dirait
    dit dis disent dire disait explique expliquer raconte signale signaler signalee signalement
    met mettre mis mise mets prend prendre pris prise
    trouve trouver trouvent cherche chercher cherchent recherche rechercher recherchent
    voir vois demande demander demandent demandes souhaite souhaiter souhaiterait aimerait
    appelle appeler appels appel appelez telephone telephoner contacter contact contacts
    joindre orienter orientation savoir connaitre connait
    arrive arriver arrivent arrivee passe passer passee passent
    commence continue essaie essaye habite habitant habitante habitants habitent habiter
    vit vivent vivant vivre reside loge logee
    bonjour bonsoir bjr bsr slt salut coucou merci svp stp cordialement urgent urgente urgence
    question info infos renseignement numero num coordonnees adresse partenaire partenaires
    besoin besoins aide aider aides aidee probleme problemes souci soucis difficulte difficultes
    difficile difficiles situation cas dossier sujet rapport niveau suite cause raison fois
    locataire locataires loc locatrice bailleur resident residente occupant occupante
    madame monsieur mademoiselle mme mr mrs m mlle mmes messieurs x dame dames homme hommes
    femme femmes personne personnes pers gens quelqu quelquun couple menage famille familles
    enfant enfants gosse gosses gamin gamins gamine fils fille filles garcon garcons fiston
    mari epoux epouse conjoint conjointe compagnon compagne copain copine concubin ex ami amie
    mere pere maman papa parent parents frere soeur freres soeurs beau belle oncle tante neveu
    niece cousin cousine petit petite proche proches entourage
    habitat logement logements logt appartement appartements appart apparts maison maisons domicile
    chez immeuble batiment bat etage residence quartier rue hall lotissement pavillon studio
    commune ville secteur agence mairie region departement
    jour jours semaine semaines mois an ans annee annees hier demain aujourd hui aujourdhui matin
    midi soir nuit nuits heure heures h maintenant actuellement recemment bientot longtemps
    lundi mardi mercredi jeudi vendredi samedi dimanche week end weekend weekends
    janvier fevrier avril juin juillet aout septembre octobre novembre decembre debut fin
    dernier derniere derniers dernieres prochain prochaine date temps moment
    age agee ages agees euro euros eur environ cours
    toutefois cependant deuxieme premier premiere seconde voila voici etc cad svt
    bon bonne mal mieux grand grande grands grandes nouveau nouvelle nouveaux vrai vraie
    ya yen jai cest chose choses truc trucs rdv rendez
    soirs soiree journee journees impossible payer paye paie payee payes financierement travailler
    parle parlait parlent comprend comprends
    ci fort forte forts fortes mars mai courrier courriers lettre lettres mail mails
    beaux grave graves tard tot venant arrete arreter partie parti retour partir part
    chambre chambres salon couloir couloirs plafond escalier escaliers cage cave caves balcon mur
    murs sol piece pieces porte portes fenetre fenetres victime victimes
    refuse refuser quitte quitter remplir laisse laisser laissent recu recue recevoir recoit
    garde garder obtenir renouveler refaire changer gerer gere occuper occupe tient tenir
    deplacer deplace rester tellement vite attend attendre attendent savent
    i e er eme ieme t f b o p r v z k u w q g
    """
)

# Shorthand of messages and notes: what is typed, what is meant

SHORTHAND = {
    short: meant.split()
    for short, meant in (
        line.strip().split(" = ")
        for line in """
    pr = pour
    ds = dans
    ss = sans
    tjs = toujours
    tjrs = toujours
    bcp = beaucoup
    bp = beaucoup
    pb = probleme
    pbs = problemes
    pbm = probleme
    qq1 = quelqu un
    qqun = quelqu un
    qq = quelque
    qqn = quelqu un
    ki = qui
    ke = que
    kan = quand
    g = j ai
    jai = j ai
    cest = c est
    ya = y a
    pu = plus
    plu = plus
    pk = pourquoi
    mtn = maintenant
    auj = aujourd hui
    ajd = aujourd hui
    dc = donc
    ms = mais
    ts = tous
    tt = tout
    vx = vieux
    logt = logement
    lgt = logement
    appt = appartement
    apt = appartement
    apparts = appartements
    elec = electricite
    electr = electricite
    chauff = chauffage
    fact = facture
    pers = personne
    pb = probleme
    trav = travail
    chom = chomage
    mdp = mot de passe
    ordi = ordinateur
    hosto = hopital
    hopit = hopital
    enf = enfant
    enfts = enfants
    gd = grand
    gde = grande
    handi = handicape
    surend = surendettement
    dep = departement
    imp = impaye
    nrj = energie
    tel = telephone
    hebergt = hebergement
    commdt = commandement
    nd = notre dame
    rdc = rez de chaussee
    secu = securite sociale
    resto = restos
    bb = bebe
    bbs = bebes
    med = medecin
    medoc = medicaments
    medocs = medicaments
    hosp = hopital
    hospi = hopital
    alim = alimentaire
    asso = association
    tjr = toujours
    qd = quand
    jms = jamais
    pcq = parce que
    dde = demande
    lgmt = logement
    chq = cheque
    urg = urgent
    admin = administratif
    chomdu = chomage
    c2s = complementaire sante solidaire
    piges = ans
    congelo = congelateur
    frangin = frere
    frangine = soeur
    daron = pere
    daronne = mere
    darons = parents
    aprem = apres midi
    """.strip().splitlines()
    )
    if " " not in short
}

# Words that mean the same inside a phrase: any of a line stands for the others there

SAME = {
    word: line.split()[0]
    for line in """
    enfant enfants gosse gosses gamin gamins gamine gamines mome momes fils fille filles fiston
    enfant garcon garcons fillette mioche mioches marmot marmots morveux petiot petiots minot minots
    bebe bebes nourrisson nourrissons
    mari conjoint compagnon copain concubin epoux mec jules
    femme epouse compagne conjointe copine concubine meuf nana
    argent sou sous thune thunes tune tunes fric pognon oseille
    logement logements appartement appartements appart toit studio maison piaule
    travail boulot job taf
    voiture voitures vehicule bagnole camionnette fourgonnette
    medecin docteur toubib
    ecole college lycee bahut
    papier papiers paperasse paperasses
    pas sans aucun aucune jamais plus
    ca cela ce c
    se s
    me m
    te t
    le la les l
    de d
    au aux
    son sa ses mon ma mes ton ta tes leur leurs notre nos
    """.strip().splitlines()
    for word in line.split()
}

NEGATION = SAME["pas"]

# Words whose singular is another thing: « des droits », « le droit chemin »

PLURAL_ONLY = listed(
    "bleus cris droits papiers charges couches courses soins troubles travaux jeux cours ecrans"
)

# Words that say « at » before a commune; the weak ones say it only of a likely one

STRONG_HINTS = listed(
    """
    a au aux sur vers commune ville secteur pres cote mairie ccas cias agence habite habitant vit
    reside
    """
)
WEAK_HINTS = listed("de du des d")
LIVES = listed(
    """
    habite habitent habitant habitante vit vivent reside resident demeure domicilie domiciliee
    actuellement loge logee
    """
)
RELATIVES = listed(
    """
    enfant enfants fils fille filles frere freres soeur soeurs famille parents mere pere cousin
    cousine ami amie copine copain ex neveu niece tante oncle compagnon compagne mari femme conjoint
    """
)
ELSEWHERE = RELATIVES | listed(
    """
    bosse bosser travaille travaillait travailler boulot taf job poste interim mission stage
    apprentissage alternance formation lycee college ecole fac universite rdv hopital hospitalise
    hospitalisee clinique chu chd appelle veut voudrait mutation partir
    """
)
"""« bosse à Pouzauges », « enfants à Lyon »: not where the tenant lives."""

FAINT = listed(
    """
    chien chiens chat chats parking stationnement serrurier serrure scooter scooters mobylette
    mobylettes meuble meubles bebe ecole college lycee stage douche ordinateur tablette manteau
    chaussures linge vaisselle garage droits mediation stationner ascenseur tresor amende
    chaussure courses relance relances wc portail badge badges robinet volet
    """
)
"""Words of situations that tell them only when nothing else does."""

MONEY = listed("e eur euro euros balles boules")
"""After a number: « 12000e »."""

# After these comes the name of a street, or of a building, which may be half that of a commune

STREETS = listed("rue avenue av boulevard bd allee allees impasse chemin square quai route rte")
BUILDINGS = listed("residence residences immeuble batiment lotissement quartier hameau clos tour")

ARTICLES = frozenset({"l", "le", "la", "les"})
SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}

TITLES = listed("madame monsieur mademoiselle mme mr mrs m mlle dr")
"""After these comes a person's name, never a commune."""

NOUNED = listed("un une le la ce cette vieux vieille jeune petit petite")
"""After these a title is a noun: « un vieux monsieur »."""
