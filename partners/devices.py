"""A browser in words, for somebody who looks for the one she forgot (pure Python)."""

UNKNOWN = "appareil inconnu"
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "un iPhone"),
    ("iPad", "un iPad"),
    ("Android", "un téléphone Android"),
    ("Windows", "un ordinateur Windows"),
    ("Macintosh", "un Mac"),
    ("CrOS", "un Chromebook"),
    ("Linux", "un ordinateur Linux"),
)
"""(what a User-Agent holds, words); the first found counts, since each repeats the next ones."""


def in_words(agent: str) -> str:
    """« Firefox sur un ordinateur Windows », from a User-Agent of any length; no version."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    if system == "un téléphone Android" and "Mobile" not in agent:
        system = "une tablette Android"
    if not (browser or system):
        return UNKNOWN
    return f"{browser or 'Un navigateur'} sur {system or 'un appareil inconnu'}"
