"""« Caviarder » (rule R6): choose a value, see where it stands, remove it for good."""

from collections import Counter

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partners import permissions
from partners.models import Listing
from partners.redaction import files, removing
from partners.redaction_forms import GONE, OTHER, RedactionForm
from partners.views.decorators import permission
from partners.views.manage.sections import page

SHOWN_ELSEWHERE = 20
TO_DO = "retirer"
DROPPED = (
    "Un fichier déposé dans les imports contenait cette valeur\u00a0: cet import est abandonné et "
    "son fichier effacé. Retirez-la de votre tableau avant de le redéposer."
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def redact(request, pk):
    """Two steps on one address; what is removed is only ever in a body (rule R3)."""
    listing = get_object_or_404(Listing, pk=pk)
    form = RedactionForm(request.POST or None, listing=listing)
    if request.method != "POST" or not form.is_valid():
        return _choose(request, listing, form)
    if request.POST.get("etape") != TO_DO:
        return _confirm(request, listing, form)
    if not form.cleaned_data["certaine"]:
        form.add_error("certaine", "Cochez pour dire que vous êtes sûre\u00a0: rien ne le défera.")
        return _confirm(request, listing, form)
    return _remove(request, listing, form)


def _choose(request, listing, form):
    contact = request.GET.get("contact", "")
    known = list(form.known.values())
    people = [candidate for candidate in known if candidate.is_person]
    if contact.isdecimal() and len(contact) < 10:
        people.sort(key=lambda person: int(contact) not in person.contact_ids)
    context = {
        "listing": listing,
        "form": form,
        "people": people,
        "values": [candidate for candidate in known if not candidate.is_person],
        "chosen": form["choix"].value() or (people[0].key if contact and people else ""),
        "other": OTHER,
    }
    return page(request, "redact.html", context, status=422 if form.is_bound else 200)


def _confirm(request, listing, form):
    candidate = form.candidate
    here = removing.find(_values(candidate), listing=listing)
    places = removing.find(_values(candidate))
    others = {place.listing_id for place in places} - {None, listing.pk}
    known = {(place.table.model, place.pk) for place in here}
    outside = [place for place in places if (place.table.model, place.pk) not in known]
    waiting = files.holding(_values(candidate))
    if not (places or candidate.contact_ids or waiting):
        messages.info(request, GONE)
        return redirect("manage_records_redact", listing.pk)
    context = {
        "listing": listing,
        "form": form,
        "candidate": candidate,
        "counts": _counted(here),
        "outside": _counted(outside),
        "elsewhere": Listing.objects.filter(pk__in=others).order_by("name", "pk")[:SHOWN_ELSEWHERE],
        "elsewhere_count": len(others),
        "files": waiting,
        "step": TO_DO,
    }
    status = 422 if form.errors else 200
    return page(request, "redact_confirm.html", context, status=status)


def _remove(request, listing, form):
    candidate = form.candidate
    with transaction.atomic():
        dropped = files.drop(_values(candidate))
        done = removing.remove(
            listing,
            _values(candidate),
            what=candidate.what,
            contact_ids=candidate.contact_ids,
            is_everywhere=form.cleaned_data["partout"],
            by=request.user,
        )
    if dropped:
        messages.warning(request, DROPPED)
    elif done is None:
        messages.info(request, GONE)
    if done:
        messages.success(
            request, f"C'est retiré, de {done.places} endroit{'s' if done.places > 1 else ''}."
        )
        _tell_gate(request, listing)
    return redirect("manage_records_history", listing.pk)


def _tell_gate(request, listing):
    """A record that lost what publication asks for waits to be completed."""
    was = listing.status
    listing.refresh_from_db(fields=["status"])
    if listing.status != was:
        messages.warning(
            request,
            "Il manque maintenant quelque chose à la fiche\u00a0: les conseillères ne la voient "
            "plus, elle attend d'être complétée.",
        )


def _values(candidate):
    return [candidate.value, *candidate.more]


def _counted(places):
    """(words, number): the rows of today by what they are, those of the past together."""
    now = Counter(str(p.table.subject._meta.verbose_name) for p in places if not p.table.is_history)
    past = sum(place.table.is_history for place in places)
    return [*now.items(), *([("historique", past)] if past else [])]
