"""The pack of a visit, for a telephone that will have no network (`partners.visit`)."""

import hashlib
import json

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.views.decorators.http import require_safe

from partners import permissions, visit
from partners.views.decorators import permission
from partners.visit_forms import VisitForm

MOMENTS = {"prepared_at": "Prepared-At", "expires_at": "Expires-At"}
"""What changes with each request alone: {name: header, on an answer that sends nothing too}."""


@require_safe
@permission(permissions.can_prepare_visit)
def pack(request):
    """The device keeps it where signing out erases it, and nothing else does: it tells of dangers
    (rule R7). Its ETag says whether it changed since, for who asks by hand."""
    form = VisitForm(request.GET, user=request.user)
    if not form.is_valid():
        messages = [said for errors in form.errors.values() for said in errors]
        return _refusal(" ".join(messages), 400 if form.is_badly_written else 404)
    try:
        made = visit.pack_of(
            form.sector, request.user, timezone.localtime(), situations=form.situations
        )
    except visit.TooLarge as error:
        return _refusal(str(error), 413)
    return _answer(request, made)


def _answer(request, made):
    response = HttpResponse(_written(made), content_type="application/json")
    facts = {name: value for name, value in made.items() if name not in MOMENTS}
    response["ETag"] = f'"{hashlib.sha256(_written(facts)).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    for name, header in MOMENTS.items():
        answer[header] = made[name]
    add_never_cache_headers(answer)
    return answer


def _written(facts):
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def _refusal(message, status):
    response = JsonResponse({"erreur": message}, status=status)
    add_never_cache_headers(response)
    return response
