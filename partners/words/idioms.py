"""Expressions that hold a word of ours and mean something else: they are consumed, and say nothing.

They undo situations, signs of danger and communes alike. Those of KEPT look like one and are not.
"""

IDIOMS = """
    frappe à la porte, frappe aux portes, frappe sur la porte, frappe contre la porte
    frappe à la fenêtre, frappe au carreau, frappe aux volets, frappe chez elle, frappe chez lui
    frappe chez moi, frappe chez nous, frappe chez les voisins, frappe chez eux, faute de frappe
    frappe dans les murs, frappe dans le mur, frappe au plafond, frappe au mur, frappe sur les murs
    frappe contre les murs, frappe contre le mur, frappe aux murs, frappe à la vitre, frappe au sol
    frappe sur le sol, frappe sur les radiateurs, frappe sur les tuyaux, frappe avec un balai
    frappé par la maladie, frappé par le chômage, frappé par le deuil, frappé par la crise
    frappé par un deuil, frappé par un avc, frappé par le malheur, frappé d'alignement
    coup de main, coups de main, coup de fil, coup de pouce, coup de fatigue, coup d'oeil
    coup dur, coups durs, coup de mou, coup de vieux, coup de froid, coup de chaud, coup de sang
    coup de soleil, coups de soleil, coup de gueule, coup de chance, coup de balai, coups de balai
    coup de peinture, coup de chaleur, coup de téléphone, coups de téléphone, coup de frein
    coup de coeur, coup de blues, coup de stress, coups de fil, coup de marteau, coups de marteau
    coup de sonnette, coups de klaxon, coups de perceuse, du coup, tout à coup, coup par coup
    coups dans le mur, coups dans les murs, coups au plafond, coups dans la porte, coups à la porte
    mort de fatigue, mort de rire, mort de froid, mort d'ennui, tué à la tâche, tuer à la tâche
    tue au travail, se tuer au travail, tuer à la besogne, tué au travail
    en finir avec, en finir rapidement, en finir au plus vite, en finir une bonne fois
    répond plus au courrier, répond plus aux courriers, répond plus aux relances
    répond plus aux mails, répond plus aux lettres, répond plus aux convocations
    répond plus aux sms
    répond plus aux sollicitations, répond plus aux propositions, répond plus aux messages
    répond plus aux demandes, répond plus aux mises en demeure, répond plus tard
    répond plus au besoin, répond plus aux besoins, répond plus aux critères
    répond plus à l'adresse
    répond plus aux normes, répond plus aux avis, répond plus aux recommandés
    avalé sa carte, avalé la carte, avalé de travers, avalé sa salive
    inconscient du danger, inconscient de, inconsciente de, inconscient des risques
    assurance incendie, attestation incendie, détecteur incendie, porte incendie, alarme incendie
    sécurité incendie, exercice incendie, extincteur incendie, risque incendie, garantie incendie
    déclaration incendie, sinistre incendie, diagnostic incendie
    détecteur de monoxyde, détecteur monoxyde, prévention monoxyde
    explosion des charges, explosion de la facture, explosion des factures, explosion des prix
    explosion du loyer, explosion de colère, explosion des loyers, explosion des dépenses
    explosion de joie, explosion démographique, explosion des demandes, explosion des coûts
    maltraitance animale, maltraitance des animaux, maltraitance sur animaux, maltraitance animaux
    maltraitance institutionnelle, maltraitance administrative
    prévention du suicide, prévention suicide, suicide de, suicide du
    s'est suicidé, s'est suicidée, suicide assisté, assistance au suicide
    battu pour, battue pour, s'est battue, s'est battu, se battre pour, battu par la pluie
    battue par les vents, terre battue, sentiers battus, battu d'avance, battu aux élections
    étranglé par les dettes, étranglée par les dettes, étranglé par les crédits
    étranglée par les crédits, étranglé financièrement, étranglé par les charges
    couteau suisse, couteau électrique, arme à double tranchant
    arme à gauche, gendarme, port d'arme de service, à armes égales, arme de service
    à la rue de, à la rue du, à la rue des, donne sur la rue, tombe en panne, tombé en panne
    tombe mal, tombe bien
    malaise avec, malaise entre, un certain malaise, malaise social
    saigné à blanc, saigne des gencives
    volets fermés à cause, volets fermés en panne, volets fermés bloqués, volets fermés cassés
        viol de domicile, violation de domicile, viol du règlement
    fuite de gaz réparée
    prise en charge, prises en charge, prend en charge, prendre en charge, pris en charge
    mis en charge, en charge de, charge de travail, charge mentale, à charge, enfants à charge
    moyen de paiement, chèque vacances, eau de javel, eau de vie, eau de toilette
    dort mal, couche tard, vieux frigo, vieille chaudière, vieux chauffage, vieux radiateur
    vieux meubles, vieux canapé, vieille voiture, vieil immeuble, vieux logement, vieille dette
    vieille facture, vieux bâtiment, vieille installation, vieux convecteurs, vieilles fenêtres
    jeune enfant, jeune chien, jeune chat, vieux chien, vieux chat
    mal de tête, seule solution, seule chose, seul souci, seul problème, une seule fois
    seul revenu, seul recours, seul moyen, seule ressource
    bruit de fond, boit un café, boit de l'eau, sans problème, pas seulement, chien guide
    chien d'aveugle
    emploi du temps, frais de port, cours de cuisine, cours d'eau
        travail d'intérêt général
        salle de bain, salle de bains, dépôt de plainte, jeux de société, jeux d'enfants
    chute de tension, chute de cheveux, chute des ventes, chute de revenus, chute de ressources
    baisse de ressources, carte bancaire, carte bleue, mot de trop
    personne à charge, service des eaux, courant mars, courant avril, courant mai
    courant juin, courant juillet, courant août, courant septembre, courant octobre
    courant novembre, courant décembre, courant janvier, courant février, courant du mois
    courant semaine, au courant, tient au courant, mise au courant, couches de peinture
    droits de l'homme, ouverture des droits, malade imaginaire
    bouteille de gaz, formation incendie, incendie assurance, incendie attestation
    vent violent, vents violents, orage violent,
    violent orage, violente tempête, violent vent, orages violents, choc violent, tempête violente
    film violent, films violents, jeux violents, coup de vent, coups de vent, coup de tonnerre
    chien battu, chien est battu, chat battu, animal battu, animaux battus, chien violent
    battue de chasse, battue de sangliers, battue aux sangliers, battue au sanglier, béton armé
    chien a fugué, chat a fugué, chien en fugue, fugue du chien, fugue du chat, chien dort dehors
    chat dort dehors, chien dehors, chats dehors, chats seuls, chat seul, chien seul, chiens seuls
    animal seul, animaux seuls, saigne du nez, intoxication alimentaire, sous séquestre
    séquestre du loyer, frappé d', frappé de, frappé par une maladie, frappé par le sort
    frappé par la vie, viole le règlement, viole les règles, viole le bail, foyer fiscal,
    chef de foyer, frappe dans ses mains, tape dans ses mains, tape du pied, arme de chasse
    er âge, premier âge, deuxième âge, bas âge, quel âge, jeune âge, en âge de, âge scolaire
    âge adulte, âge de la retraite, du bois, au bois
    porte frappe, portes frappent, volet frappe, volets frappent, mort par suicide
    décédé par suicide, décédé d'un suicide, décès par suicide, deuil suicide, suicide d'un proche
    viole la loi, viole ses droits, volets fermés pour la chaleur
    seuls responsables, seul responsable, bouche incendie, bouche d'incendie, borne incendie
    colonne incendie, consigne incendie, plan incendie, battre au tennis, battre aux cartes
    battre aux échecs, battre au foot, se fait battre au jeu, y a pas le feu, feu de bois, feu vert
    couches sales, couches usagées, hors gel, prise de tête
    prise d'eau, arrêt de bus, arrêt de tram
    jeune retraité, jeunes retraités, jeune senior
    se jeter à l'eau, se jette à l'eau, couteau oublié, couteau à pain, couteaux à aiguiser
    couteau à enduire, couteau de peintre, couteau à mastic, frappe à la loge, frappe à l'agence
    frappe au guichet, frappe à l'accueil, frappe au bureau, frappe à la mairie
    saigner les radiateurs, saigne les radiateurs, saignée dans le mur, saignées dans les murs
    malaise l'an passé, malaise l'an dernier, malaise l'année dernière, malaise le mois dernier
    chat en fugue, animal en fugue, hall maltraité, ascenseur maltraité, matériel maltraité
    mur saigne, mur qui saigne, jardin maltraité, pelouse maltraitée, logement maltraité
    fait battre au match, match fait battre, coup de poing sur la table, gifle de vent
    record battu, record est battu, chien dort dans l'escalier, chien dort dans les escaliers
    chien dort dans le hall, chat dort dans le hall, traces de couteau, nous saigne
    foot a battu, équipe a battu, club a battu, étincelle de joie, étincelles entre
    pendu au téléphone, pendue au téléphone, rideau pendu, linge pendu, lustre pendu
    incendie l'an dernier, incendie l'année dernière, coup de couteau dans le budget
    eau de pluie, eaux usées, chemin de fer, point d'eau
    même plus, même pas, quand même, en même temps, même si, même la nuit, même le jour, de même
    même pour, moi même, lui même, elle même, eux mêmes, elles mêmes, tout de même, même avec
    même sans, peut même, peuvent même, même chose, même quand, même chez, même au, même à, a même
    n'a même, ont même, même immeuble, même étage, même palier, même nom, même jour
    à côté, d'à côté, à côté de, à côté du, juste à côté, porte à côté
    le plus proche, la plus proche, les plus proches, plus proche, plus près, le plus vite
    plus vite, au plus tôt, le plus tôt, le plus possible, plus facile, plus pratique
    ambiance explosive, situation explosive, comme un rat
    facture délirante, factures délirantes, prix délirant, prix délirants, loyer délirant
    à louer, à vendre, à voir, four à gaz, au four, un four
    de bois, en bois, le bois, bois mort, petit bois
    aux bras, au bras, dans les bras, à bras
    terrorisé par le bruit, marche à pied
    malaise après coup, après malaise, après un malaise, après son malaise, depuis son malaise
    suite à un malaise, suite malaise, suite à son malaise, incendie pas remboursé
    incendie remboursé, couteau sous la gorge, fusil d'épaule, fusil à eau
    fugue le mois dernier, fugue l'an dernier, fugue l'année dernière, fugue la semaine dernière
    a marre, ai marre, ont marre, marre de, marre des, marre d', au passage, de passage
    passage à, passage en, sur la terrasse, sur sa terrasse, délai dépassé, délais dépassés
    plafond dépassé, plafonds dépassés, date dépassée, vélo en panne, c'est une prison
    à l'étranger, premier mari
    overdose de, la banque l'étrangle, étranglée par la banque, étranglé par la banque
    agios l'étranglent, alerte incendie, incendie il y a, incendie y a, à la rue pendant
    explosion de la conso, explosion de la consommation, explosion de consommation
    finit pas ses mots, finit pas ses phrases, cachets pour dormir, cachets pour les nerfs
    mettre le feu aux poudres
    escalier de la cave, le bat blesse, mange seule, mange seul
"""
KEPT = """
    en finir avec la vie, en finir avec tout, en finir avec sa vie, à la rue de force
    à la rue d'ici, à la rue des enfants, coups de couteau, coup de couteau, coups de poing
    coup de poing, coups de pied, coups de ceinture
"""


def idioms() -> list[tuple[str, str]]:
    """(expression, « nothing » or « kept »), accents kept."""
    return [
        (phrase.strip(), target)
        for text, target in ((IDIOMS, NOTHING), (KEPT, STANDS))
        for line in text.strip().splitlines()
        for phrase in line.split(",")
        if phrase.strip()
    ]


NOTHING, STANDS = "-", "+"
