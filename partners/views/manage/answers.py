"""« Propositions »: what partners answer and what open data says, beside what the record says."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners import permissions
from partners.campaigns import replies
from partners.imports import proposals
from partners.imports.errors import Refused
from partners.models import Listing, Proposal, Reply
from partners.views.decorators import permission
from partners.views.manage.sections import page
from partners.views.pages import bad_request
from partners.views.returning import page_of

ROWS = 15
MOST = 40
"""Proposals decided at once: those of one record."""
PARTNERS, SOURCES = "partenaires", "sources"
NEW = Proposal.Status.NEW


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    """One queue, partners first: they wait for an answer."""
    origin = request.GET.get("de", PARTNERS)
    if origin not in (PARTNERS, SOURCES):
        raise Http404
    found, rows = (_replies if origin == PARTNERS else _sources)(request.GET.get("page"))
    context = {
        "origin": origin,
        "page": found,
        "rows": rows,
        "counts": {
            PARTNERS: Reply.objects.to_settle().count(),
            SOURCES: Proposal.objects.filter(status=NEW, reply=None).count(),
        },
    }
    return page(request, "answers.html", context)


@require_POST
@permission(permissions.can_manage)
def decide(request):
    """Take or leave some proposals; what somebody decided meanwhile is left as it is."""
    keys = request.POST.getlist("proposition")[:MOST]
    decision = request.POST.get("decision")
    are_keys = all(key.isdigit() and len(key) < 10 for key in keys)
    if not keys or not are_keys or decision not in ("reprendre", "garder"):
        return bad_request(request)
    found = Proposal.objects.filter(pk__in=keys, status=NEW).select_related("listing", "reply")
    found = list(found.order_by("listing", "fact", "pk"))
    refused = [error for error in (_decide(p, decision, request.user) for p in found) if error]
    _say(request, found, decision, refused)
    return redirect(page_of(request, "manage_campaigns_answers"))


@require_POST
@permission(permissions.can_manage)
def settle(request, pk):
    """« C'est traité »: the words of a partner were read and seen to."""
    reply = get_object_or_404(Reply.objects.exclude(kind="").select_related("listing"), pk=pk)
    if replies.settle(reply, by=request.user):
        messages.success(request, f"«\u00a0{reply.listing}\u00a0»\u00a0: réponse traitée.")
    else:
        messages.info(request, "Décidez d'abord de chaque valeur, ou c'était déjà fait.")
    return redirect(page_of(request, "manage_campaigns_answers"))


def _decide(proposal, decision, user):
    """What went wrong, in French; "" when nothing did."""
    if decision == "garder":
        replies.decline(proposal, by=user)
        return ""
    try:
        replies.accept(proposal, by=user)
    except Refused as error:
        return str(error)
    return ""


def _say(request, found, decision, refused):
    done = len(found) - len(refused)
    if not found:
        messages.info(request, "C'était déjà décidé.")
    elif done and decision == "reprendre":
        where = format_html(
            '<a href="{}">{}</a>', found[0].listing.get_absolute_url(), found[0].listing
        )
        said = "Valeurs reprises sur {}\u00a0: {}." if done > 1 else "Valeur reprise sur {}."
        messages.success(request, format_html(said, where, done))
    elif done:
        messages.success(request, "La fiche garde ce qu'elle disait.")
    for error in refused:
        messages.error(request, f"Une valeur ne peut pas être reprise\u00a0: {error}.")


def _replies(number):
    """(page, rows): each reply with the proposals it holds, as told."""
    waiting = Reply.objects.to_settle().select_related("listing__commune", "letter")
    found = Paginator(waiting, ROWS).get_page(number)
    mine = Proposal.objects.filter(reply__in=[reply.pk for reply in found], status=NEW)
    by_reply = _told(mine, "reply_id")
    return found, [(reply, by_reply.get(reply.pk, [])) for reply in found]


def _sources(number):
    """(page, rows): each record with what open data proposes for it."""
    mine = Proposal.objects.filter(status=NEW, reply=None)
    listings = Listing.objects.filter(pk__in=mine.values("listing")).select_related("commune")
    found = Paginator(listings.order_by("search_key", "pk"), ROWS).get_page(number)
    by_listing = _told(mine.filter(listing__in=[row.pk for row in found]), "listing_id")
    return found, [(row, by_listing.get(row.pk, [])) for row in found]


def _told(found, key):
    def owner(told):
        return getattr(told.proposal, key)

    told = proposals.tell(list(found.order_by(key, "fact", "pk")))
    return {pk: list(rows) for pk, rows in groupby(told, owner)}
