"""What every answer for a map shares: how long it may be kept, and what a wrong address gets."""

from django.http import JsonResponse
from django.utils.cache import add_never_cache_headers, patch_cache_control

ZONE_FIELDS = {"bbox", "vue", "niveau", "fiche", "page"}


def map_answer(data, *, is_danger):
    """JSON that its account's browser may keep and must check; nothing of a danger (rule R7)."""
    response = JsonResponse(data, json_dumps_params={"separators": (",", ":")})
    if is_danger:
        add_never_cache_headers(response)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    return response


def refusal(*forms):
    """What is wrong with an address, in French."""
    response = JsonResponse({"erreur": " ".join(messages(*forms))}, status=refusal_status(*forms))
    add_never_cache_headers(response)
    return response


def refusal_status(*forms):
    """400 for what is badly written, 404 for what does not exist."""
    return 400 if any(form.errors.keys() & ZONE_FIELDS for form in forms) else 404


def messages(*forms):
    return [said for form in forms for errors in form.errors.values() for said in errors]
