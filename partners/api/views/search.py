"""Reading and searching with typed text: it stays in the body and is forgotten (rule R3)."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from partners import box, permissions
from partners.api import envelopes, query, results
from partners.api.examples import SEARCH_BODY, UNDERSTOOD, UNDERSTOOD_BODY
from partners.api.serializers import CommuneSerializer
from partners.api.view import ApiView
from partners.forms import MAX_SITUATIONS


class Understand(ApiView):
    rules = {"POST": permissions.can_read_api}

    @extend_schema(
        request=envelopes.TextBody,
        responses=envelopes.Understood,
        examples=[UNDERSTOOD_BODY, UNDERSTOOD],
    )
    def post(self, request):
        """Ce que la boîte de l'accueil comprend d'un texte. Rien n'en est gardé ni noté."""
        text = envelopes.TextBody.of(request)["texte"]
        return Response(_understood(_read(text)))


class Search(ApiView):
    rules = {"POST": permissions.can_read_api}

    @extend_schema(
        request=envelopes.SearchBody,
        responses=envelopes.TextSearchEnvelope,
        examples=[SEARCH_BODY],
    )
    def post(self, request):
        """La recherche de l'accueil : un texte libre, des critères, ou les deux."""
        facts = envelopes.SearchBody.of(request)
        reading = _read(facts.get("texte", ""))
        form = query.criteria_form(_with_reading(facts, reading))
        criteria = form.criteria(request.user, text=reading.rest)
        return Response(results.answer(criteria, request) | {"compris": _understood(reading)})


def _read(text):
    return box.read(text, departement=settings.DEFAULT_DEPARTEMENT)


def _understood(reading):
    communes = CommuneSerializer(reading.communes, many=True).data
    is_settled = len(communes) == 1
    return {
        "situations": [situation.slug for situation in reading.situations],
        "commune": communes[0] if is_settled else None,
        "choix": [] if is_settled else communes,
        "mots": list(reading.words),
        "danger": bool(reading.dangers) or any(s.is_danger for s in reading.situations),
    }


def _with_reading(facts, reading):
    """The criteria, and those that the text says: what was chosen settles the place, the public."""
    chosen = facts.get("situation", [])
    read = [situation.slug for situation in reading.situations if situation.slug not in chosen]
    situations = chosen + read[: max(0, MAX_SITUATIONS - len(chosen))]
    communes = facts.get("commune") or list(reading.codes)
    return (
        {"public": reading.public}
        | facts
        | {
            "situation": situations,
            "commune": communes,
            "signe": [*facts.get("signe", []), *(sign.slug for sign in reading.dangers)],
        }
    )
