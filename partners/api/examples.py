"""Requests and answers as the documentation shows them; invented, like the demonstration."""

from drf_spectacular.utils import OpenApiExample

HELPLINE = {
    "id": "sans-abri-115",
    "nom": "115, urgence sociale",
    "numero": "115",
    "lien": "tel:115",
    "canaux": ["voix"],
    "type": "urgence",
    "pour": "Personnes sans abri ou en danger de l'être",
    "horaires": "24 h sur 24",
    "zone": "France",
    "gratuit": True,
    "danger": False,
}
FICHE = {
    "id": 128,
    "lien": "https://cartographie.example.org/fiches/128-relais-visites-demonstration/",
    "statut": "publie",
    "nature": "structure",
    "source": "Recensement 2026",
    "id_source": "demo-s-012",
    "nom": "Relais visites (démonstration)",
    "resume": "Rend visite aux personnes âgées isolées.",
    "telephone": "+33261910042",
    "telephone_affiche": "02 61 91 00 42",
    "code_insee": "85182",
    "commune": "Pouzauges",
    "situations_coeur": ["isolement"],
    "situations_aide": ["personnes-agees"],
    "en_premier": [],
    "zone_eligibilite": ["85"],
    "permanences": [],
}
FOUND = FICHE | {
    "verdict": "couvre",
    "verdict_texte": "Dessert Pouzauges · zone\u00a0: Vendée · à moins de 1 km",
    "zone": "Vendée",
    "distance_km": 0.4,
    "bloc": "pres",
    "ouvert": True,
}
COMMUNE = {"code_insee": "85182", "nom": "Pouzauges"}


def _answer(name, value):
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200"])


def _request(name, value):
    return OpenApiExample(name, value=value, request_only=True)


RECORD = _answer("Une fiche", FICHE)
POINTS = _answer(
    "Un lieu",
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [-0.8372, 46.7813]},
                "properties": {
                    "fiche": 128,
                    "nom": "Relais visites (démonstration)",
                    "nature": "structure",
                    "telephone": "+33261910042",
                    "commune": "Pouzauges",
                    "permanence": None,
                    "lien": FICHE["lien"],
                },
            }
        ],
        "suivant": None,
        "message": None,
    },
)

SITUATIONS = _answer(
    "Situations",
    {
        "situations": [
            {
                "slug": "isolement",
                "nom": "Isolement",
                "description": "Personne seule, sans visites.",
                "danger": False,
                "accueil": True,
                "synonymes": ["solitude", "seule"],
                "thematiques": [],
                "numeros_utiles": ["sans-abri-115"],
            }
        ]
    },
)
TERRITORIES = _answer(
    "pouz",
    {
        "territoires": [
            {
                "type": "commune",
                "code": "85182",
                "nom": "Pouzauges",
                "codes_postaux": ["85700"],
                "departement": "85",
                "latitude": 46.782,
                "longitude": -0.837,
            }
        ]
    },
)
HELPLINES = _answer("Numéros utiles", {"numeros_utiles": [HELPLINE]})
GLOSSARY = _answer(
    "Sigles",
    {
        "sigles": [
            {
                "sigle": "FSL",
                "signification": "Fonds de solidarité pour le logement",
                "definition": "Aide du Département pour entrer dans un logement ou s'y maintenir.",
                "categorie": "aide",
                "ne_pas_confondre": "",
                "autres_ecritures": [],
            }
        ]
    },
)
SEARCH = _answer(
    "Une situation et une commune",
    {
        "fiches": [FOUND],
        "total": 1,
        "reste": 0,
        "lieu": "Pouzauges",
        "regle": "D'abord les partenaires dont c'est le métier et qui desservent la commune.",
        "danger": None,
        "numeros_utiles": [HELPLINE],
        "referents": [],
    },
)
PAGE = _answer(
    "Une page de tout l'annuaire",
    {
        "fiches": [FICHE],
        "retirees": [],
        "suivant": "https://cartographie.example.org/api/v1/fiches?curseur=W1tbXSxudWxs",
        "jusqu_a": "2026-11-03T09:12:44.120931+00:00",
    },
)
PROCEDURE = _answer(
    "Une démarche, à Pouzauges",
    {
        "criteres": [
            {
                "titre": "",
                "regle": "toutes",
                "au_moins": None,
                "phrase": "Tout ceci\u00a0: 75\u00a0ans ou plus\u00a0; locataire du parc social.",
                "criteres": [
                    {
                        "texte": "75\u00a0ans ou plus",
                        "precision": "",
                        "apprecie_par": "conseillere",
                        "force": "bloquant",
                        "sinon": "",
                        "source": "",
                    }
                ],
            }
        ],
        "qui_instruit": {
            "ici": [
                {
                    "nom": "Guichet du Pays de Pouzauges (démonstration)",
                    "territoire": "CC du Pays de Pouzauges",
                    "fiche": None,
                    "telephone": "+33261910043",
                    "telephone_affiche": "02 61 91 00 43",
                    "consigne": "",
                    "courriel": "",
                    "site_web": "",
                    "a_savoir": "",
                }
            ],
            "plus_large": [],
            "ailleurs": [],
        },
        "papiers": [{"nom": "Bail", "precision": "", "indispensable": True}],
        "etapes": [
            {
                "rang": 1,
                "etape": "Rendez-vous",
                "qui": "Le guichet",
                "objet": "Remplir la demande.",
                "delai": "8 jours",
                "lieu": "",
            }
        ],
        "documents": [],
    },
)
SEARCH_BODY = _request("Un texte et un filtre", {"texte": "mémé seule pouzauges", "domicile": True})
UNDERSTOOD_BODY = _request("Un texte", {"texte": "mémé seule pouzauges"})
UNDERSTOOD = _answer(
    "Compris",
    {
        "situations": ["personnes-agees", "isolement"],
        "commune": COMMUNE,
        "choix": [],
        "mots": [],
        "danger": False,
    },
)
FICHE_BODY = _request(
    "Une fiche",
    {
        "statut": "brouillon",
        "source": "Recensement 2026",
        "id_source": "demo-s-012",
        "nom": "Relais visites (démonstration)",
        "resume": "Rend visite aux personnes âgées isolées.",
        "telephone": "02 61 91 00 42",
        "code_insee": "85182",
        "situations_coeur": ["isolement"],
        "zone_eligibilite": ["85"],
    },
)
REPORT_BODY = _request(
    "Un mauvais numéro", {"type": "mauvais-numero", "message": "Le numéro n'est plus attribué."}
)
