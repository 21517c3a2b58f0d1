"""What a partner's link opens: its record, « rien à changer » first. No account, no cookie.

The link is in the address of pages that only read. What is sent goes elsewhere, the link in the
body: history keeps the address of a change.
"""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from rest_framework.throttling import SimpleRateThrottle

from partners import permissions
from partners.campaigns import links, replies, running
from partners.models import Audience, Letter, OptOut, Reply
from partners.records.editor import rows_of_form
from partners.reply_forms import LeaveForm, ReplyForm

RATE = "30/min"


class LinkThrottle(SimpleRateThrottle):
    """So many requests a link, and so many wrong links an address, in each process."""

    rate = RATE
    scope = "link"

    def get_cache_key(self, request, view):
        return f"lien-{view or self.get_ident(request)}"


class TooMany(Exception):
    """More requests than a person makes."""


def partner_page(view):
    """Open to who holds a link and to nobody else; kept by no cache, told to no other site.

    Nothing here rides on a cookie, so there is none to protect: the link itself must be sent.
    """

    @csrf_exempt
    @login_not_required
    @never_cache
    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except links.Unknown:
            is_slow = LinkThrottle().allow_request(request, None)
            response = _dead(request, 404 if is_slow else 429)
        except links.Expired:
            response = _dead(request, 410)
        except TooMany:
            response = _dead(request, 429)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return guarded


@require_safe
@partner_page
def show(request, token, pk=None):
    """The record, or those of this address when they are several."""
    letter = _letter(request, token)
    found = _replies(letter)
    if pk is None and len(found) > 1:
        return _page(request, "records.html", letter, {"replies": found})
    return _record(request, letter, _reply(found, pk))


@require_safe
@partner_page
def thanks(request, token):
    letter = _letter(request, token)
    found = _replies(letter)
    left = [reply for reply in found if not reply.kind]
    return _page(request, "thanks.html", letter, {"left": left, "replies": found})


@require_POST
@partner_page
def opened(request):
    """Told by the page once a person's browser shows it: what only fetches links is not counted."""
    letter = _letter(request, request.POST.get("jeton", ""))
    unopened = Letter.objects.filter(pk=letter.pk, opened_at=None)
    unopened.update(opened_at=timezone.now())
    return HttpResponse(status=204)


@require_POST
@partner_page
def answer(request):
    """« Rien à changer », corrections, or a goodbye."""
    letter = _letter(request, request.POST.get("jeton", ""))
    reply = _reply(_replies(letter), _key(request.POST.get("fiche", "")))
    match request.POST.get("reponse"):
        case "rien":
            replies.confirm(reply)
        case "corriger":
            return _correct(request, letter, reply)
        case "partir":
            return _leave(request, letter, reply)
        case _:
            raise links.Unknown
    return redirect("partner_thanks", links.token(letter))


@require_safe
@partner_page
def leave(request, token):
    """Asks first, whatever became of the campaign: it is never too late to be left alone."""
    letter = links.known(token)
    is_out = OptOut.objects.filter(email__iexact=letter.email).exists()
    return _page(request, "leave.html", letter, {"is_out": is_out})


@require_POST
@partner_page
def opt_out(request):
    """« Annuler » takes it back."""
    letter = links.known(request.POST.get("jeton", ""))
    if "annuler" in request.POST:
        OptOut.objects.filter(email__iexact=letter.email).delete()
    else:
        running.opt_out(letter.email)
    return redirect("partner_leave", links.token(letter))


def _correct(request, letter, reply):
    form = ReplyForm(request.POST, listing=reply.listing)
    if not form.is_valid() or form.needs_confirmation():
        return _record(request, letter, reply, form=form, status=422)
    facts = form.cleaned_data
    replies.propose(
        reply,
        form.values(),
        shown=form.shown(),
        zone_words=facts.get("zone_words") or "",
        message=facts["message"],
    )
    return redirect("partner_thanks", links.token(letter))


def _leave(request, letter, reply):
    form = LeaveForm(request.POST)
    if not form.is_valid() or form.needs_confirmation():
        return _record(request, letter, reply, leaving=form, status=422)
    replies.leave(reply, form.cleaned_data["motif"], message=form.cleaned_data["mot"])
    return redirect("partner_thanks", links.token(letter))


def _letter(request, token):
    """The letter of a link that is good. Raises `links.Unknown`, `links.Expired`, `TooMany`."""
    letter = links.find(token)
    if not LinkThrottle().allow_request(request, letter.key):
        raise TooMany
    return letter


def _replies(letter):
    """Its records, those that left the directory meanwhile aside."""
    found = letter.replies.select_related("listing__commune", "listing__way_there")
    found = found.order_by("listing__search_key", "pk")
    return [reply for reply in found if reply.listing.status in permissions.OPEN_TO_ALL]


def _reply(found, pk):
    """That of the record `pk`, or the only one."""
    for reply in found:
        if pk in (None, reply.listing_id):
            return reply
    raise links.Expired if not found else links.Unknown


def _key(text):
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _record(request, letter, reply, *, form=None, leaving=None, status=200):
    listing = reply.listing
    prefetch_related_objects([listing], *rows_of_form())
    form = form or ReplyForm(listing=listing)
    context = {
        "reply": reply,
        "listing": listing,
        "form": form,
        "leaving": leaving,
        "is_doubtful": form.is_bound and form.is_valid(),
        "is_leaving_doubtful": leaving is not None and leaving.is_valid(),
        "audiences": [Audience(slug).label for slug in listing.audiences if slug in Audience],
        "zones": _zones(listing),
        "permanences": _permanences(listing),
        "goodbyes": [Reply.Kind.GONE, Reply.Kind.NOT_ME],
    }
    return _page(request, "record.html", letter, context, status=status)


def _permanences(listing):
    """Where it receives away from its office; nothing of a record whose place is secret (R7)."""
    if listing.is_confidential:
        return []
    return listing.permanences.all()


def _zones(listing):
    if listing.is_confidential:
        return []
    found = [link.territory for link in listing.zone_links.all()]
    return sorted(found, key=lambda zone: (zone.kind, zone.search_key, zone.pk))


def _page(request, template, letter, context, *, status=200):
    known = {"letter": letter, "token": links.token(letter), "until": links.until(letter)}
    return render(request, f"partners/partner/{template}", known | context, status=status)


def _dead(request, status):
    return render(request, "partners/partner/dead.html", {"status": status}, status=status)
