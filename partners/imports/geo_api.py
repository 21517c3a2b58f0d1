"""Answers of geo.api.gouv.fr, the State's service of places (Licence Ouverte 2.0)."""

import http.client
import time
import urllib.error
import urllib.request

GEO_API = "https://geo.api.gouv.fr"
TIMEOUT = 20  # seconds
BLOCK = 1 << 16
MAX_BYTES = 300 * 1024 * 1024

NO_NETWORK = (
    "Le service {address} n'a pas répondu. Vérifiez l'accès à internet, "
    "ou importez un fichier téléchargé ailleurs."
)
REFUSED = "Le service {address} a répondu par une erreur (code {status})."
WRONG_ANSWER = "La réponse du service {address} n'est pas celle attendue. {reason}"


class GeoApiError(ValueError):
    """Why there is no answer, in a French sentence to show."""


def get(path: str, query: str, *, base_url: str = GEO_API, timeout: float = TIMEOUT) -> bytes:
    """The body of an answer, `MAX_BYTES` and a little more at most.

    `timeout` in seconds, for the whole answer. Raises GeoApiError, with or without network.
    """
    address = base_url + path
    try:
        status, data = _download(f"{address}?{query}", timeout)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise GeoApiError(NO_NETWORK.format(address=address)) from error
    if status != 200:
        raise GeoApiError(REFUSED.format(address=address, status=status))
    return data


def wrong(path: str, reason: object, *, base_url: str = GEO_API) -> str:
    """The French sentence for an answer that cannot be read."""
    return WRONG_ANSWER.format(address=base_url + path, reason=reason)


def _download(address, timeout):
    """Status and body (bytes) of an answer; a server that trickles is cut at `timeout` seconds."""
    deadline = time.monotonic() + timeout
    received = bytearray()
    try:
        answer = urllib.request.urlopen(address, timeout=timeout)  # noqa: S310 - the operator's
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, b""
    with answer:
        while len(received) <= MAX_BYTES and (block := answer.read1(BLOCK)):
            received += block
            if time.monotonic() > deadline:
                raise TimeoutError
        return answer.status, bytes(received)
