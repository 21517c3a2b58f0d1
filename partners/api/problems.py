"""What went wrong, said in French as « problem details » (RFC 9457)."""

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response

PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"
TYPE = "urn:cartographie:probleme:"

# By status: the end of `type`, for programs, and `title`.
KINDS = {
    400: ("requete-invalide", "Requête non valable"),
    401: ("non-authentifie", "Authentification nécessaire"),
    403: ("interdit", "Accès refusé"),
    404: ("introuvable", "Introuvable"),
    405: ("methode", "Méthode refusée"),
    406: ("format", "Format non disponible"),
    409: ("conflit", "Conflit"),
    412: ("fiche-changee", "La fiche a changé"),
    413: ("trop-gros", "Corps trop gros"),
    414: ("adresse-trop-longue", "Adresse trop longue"),
    415: ("type-de-contenu", "Type de contenu refusé"),
    428: ("if-match", "Version attendue"),
    429: ("trop-de-requetes", "Trop de requêtes"),
    500: ("erreur", "Erreur du serveur"),
    503: ("indisponible", "Service indisponible"),
}
DETAILS = {
    400: "La requête n'est pas comprise.",
    401: "Donnez un jeton («\u00a0Authorization: Bearer …\u00a0») ou connectez-vous.",
    403: "Ce compte ou ce jeton n'a pas ce droit.",
    404: "Cette adresse ou cette fiche n'existe pas.",
    405: "L'en-tête Allow donne les méthodes acceptées.",
    406: "Ce format n'est pas disponible\u00a0: demandez application/json.",
    412: "La version demandée n'est plus celle d'ici.",
    413: "Le corps de la requête dépasse la taille permise.",
    415: "Le corps s'envoie en application/json.",
    429: "Attendez le nombre de secondes que donne l'en-tête Retry-After.",
    500: "Une erreur est survenue\u00a0: elle est notée, sans ce que vous aviez envoyé.",
    503: "La base de données ne répond pas. Réessayez dans un instant.",
}


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class Changed(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = (
        "La fiche a changé depuis que vous l'avez lue. Relisez-la, puis renvoyez votre changement."
    )


class TooBig(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = DETAILS[413]


class VersionWanted(exceptions.APIException):
    status_code = 428
    default_detail = (
        "Un changement s'envoie avec l'en-tête If-Match, qui reprend l'ETag de la fiche lue."
    )


def concerns(request):
    """Whether a request, or None, is one of the API, which is answered by a problem."""
    return request is not None and request.path.startswith(PREFIX)


def body(code, *, detail="", errors=None):
    """The members of a problem (dict). `errors`: {field: [sentences]}."""
    kind, title = KINDS.get(code, KINDS[500 if code >= 500 else 400])
    found = {
        "type": TYPE + kind,
        "title": title,
        "status": code,
        "detail": detail or DETAILS.get(code, title),
    }
    return found | ({"erreurs": errors} if errors else {})


def response(code):
    """A problem for what is answered outside the views of the API."""
    return JsonResponse(
        body(code),
        status=code,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def handle(error, context):
    """The handler of REST framework (setting EXCEPTION_HANDLER): None leaves it to Django."""
    error = _known(error)
    if error is None:
        return None
    code = error.status_code
    data = body(code, detail=_detail(error), errors=_errors(error))
    return Response(data, status=code, headers=_headers(error), content_type=CONTENT_TYPE)


def flatten(detail, path=""):
    """{"permanences.0.horaires": [sentences]} from the nested errors of a serializer."""
    if isinstance(detail, dict):
        parts = detail.items()
    elif any(isinstance(item, dict | list) for item in detail):
        parts = ((str(number), item) for number, item in enumerate(detail))
    else:
        path = path.removesuffix("non_field_errors").rstrip(".") or "corps"
        return {path: [str(sentence) for sentence in detail]}
    found = {}
    for name, inner in parts:
        inner = inner if isinstance(inner, dict | list) else [inner]
        found |= flatten(inner, f"{path}.{name}" if path else str(name)) if inner else {}
    return found


def _known(error):
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, DjangoPermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooBig()
    return error if isinstance(error, exceptions.APIException) else None


def _detail(error):
    """Our own sentence for what REST framework says in its own way, else the one given."""
    if isinstance(error, exceptions.ValidationError):
        return "Des valeurs ne conviennent pas\u00a0: voyez «\u00a0erreurs\u00a0»."
    if error.detail == error.default_detail and error.status_code in DETAILS:
        return DETAILS[error.status_code]
    if isinstance(error, exceptions.MethodNotAllowed | exceptions.UnsupportedMediaType):
        return DETAILS[error.status_code]
    return "" if isinstance(error, exceptions.Throttled) else str(error.detail)


def _errors(error):
    return flatten(error.detail) if isinstance(error, exceptions.ValidationError) else None


def _headers(error):
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers
