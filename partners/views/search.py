"""Home, the box, completion, results and their map: from a call to a phone number."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import (
    box,
    call_guides,
    completion,
    favourites,
    guide,
    news,
    outlines,
    permissions,
    reports,
)
from partners.coverage import place_of_territory
from partners.criteria import MOST_SCHEMES
from partners.forms import CriteriaForm, sector_of
from partners.models import HelpKind, Helpline, Situation
from partners.report_forms import ERRORS
from partners.search import search
from partners.usage import tickets
from partners.views import filters


class Narrower(NamedTuple):
    """The same search in one of several communes of a name."""

    name: str
    query: str


@require_safe
@never_cache
def home(request):
    return render(request, "partners/home.html", _home_context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def submit(request):
    """Read the box (rule R3: its text stays in this body) and go to an address of facts.

    Words that are no fact are searched at once, since no address may hold them. Read as a page, as
    after signing in again in the middle of a call, it is the home page.
    """
    if request.method != "POST":
        return redirect("home")
    reading = box.read(request.POST.get("texte", ""), departement=settings.DEFAULT_DEPARTEMENT)
    form = CriteriaForm(_facts(request.POST, reading))
    if reading.rest or not form.is_valid():
        return answer(request, form, text=reading.rest)
    return redirect(f"{reverse('results')}?{form.query()}")


def _facts(chosen, reading):
    """What was chosen, then what was read."""
    return {
        "situation": chosen.getlist("situation") + [s.slug for s in reading.situations],
        "commune": [*chosen.getlist("commune"), *reading.codes],
        "signe": [sign.slug for sign in reading.dangers],
        "aide": chosen.get("aide", ""),
        "public": reading.public,
    }


@require_POST
@never_cache
def complete(request):
    """What the typed text may become, as a fragment."""
    found = completion.complete(
        request.POST.get("texte", ""), departement=settings.DEFAULT_DEPARTEMENT
    )
    context = {"options": found.options, "understood": found.understood}
    return render(request, "suggestions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def results(request):
    """The results of an address of facts; with words besides, of the body of a form (rule R3)."""
    if request.method != "POST":
        return answer(request, CriteriaForm(request.GET), opened=request.GET.getlist("suite"))
    facts = QueryDict(request.POST.get("faits", ""))
    return answer(
        request,
        CriteriaForm(facts),
        text=request.POST.get("texte", ""),
        opened=facts.getlist("suite"),
    )


def answer(request, form, *, text="", opened=()):
    """The page of results of a form, or home with what is wrong."""
    if not form.is_valid():
        context = _home_context(request) | {"errors": _messages(form)}
        return render(request, "partners/home.html", context, status=404)
    found = search(form.criteria(request.user, text=text), opened=opened)
    context = _results_context(request, form, found, opened)
    part = render_to_string("results.html", context, request)
    if _is_swap(request):
        return HttpResponse(part)
    context |= {
        "list": SafeString(part),  # Jinja escaped what had to be
        "criteria": found.criteria,
        "tiles": settings.TILE_LAYER,
        "report_kinds": ERRORS,
        "outlines_url": outlines.url(found.criteria.place.departement),
        "ticket": "" if opened else tickets.of_results(found),
    }
    return render(request, "partners/results.html", context)


def _results_context(request, form, found, opened):
    communes = found.criteria.communes
    shown = filters.links(form, found)
    narrow = [Narrower(c.asked_name, form.query(commune=[c.asked_code])) for c in communes]
    return {
        "results": found,
        "opened": opened,
        "filters": shown,
        "filter_groups": filters.groups(shown),
        "narrow": narrow if len(narrow) > 1 else (),
        "query": form.query(),
        "map_query": _map_query(form, found, opened),
        "commune_query": urlencode({"commune": found.criteria.place.codes}, True),
        "gap_query": _gap_query(found.criteria),
        **_eligibility(found),
        "guides": call_guides.of(found.criteria.situations, request.user.agency_id),
        "show_needs": len(found.criteria.situations) > 1,
        "can_see_professional_line": permissions.can_see_professional_line(request.user),
        "can_report": permissions.can_report(request.user),
        "kept": favourites.kept(request.user),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def new_call(request):
    """Nothing of one call slips into the next: an empty home; the page clears its own tray."""
    return redirect("home")


def _home_context(request):
    territory = sector_of(request.user)
    return {
        "situations": Situation.objects.on_home(),
        "help_kinds": HelpKind.choices,
        "territory": territory,
        "guide": guide.of(request.user, territory),
        "shelves": favourites.at_hand(request.user),
        "news": news.recent(),
        "answers": reports.unread(request.user),
        "permanences": news.permanences(place_of_territory(territory), timezone.now()),
        "helplines_top": Helpline.objects.active().filter(kind=Helpline.Kind.EMERGENCY)[:6],
    }


def _gap_query(criteria):
    """The need and the place of a search, for « signaler un manque »; none of its filters."""
    facts = {"situation": [situation.slug for situation in criteria.situations]}
    return urlencode(facts | {"commune": criteria.place.codes}, True)


def _eligibility(found):
    """The address of the criteria of the schemes on the page, "" when there are none."""
    cards = [card for block in found.blocks for card in block.cards]
    keys = dict.fromkeys(card.listing.pk for card in cards if card.listing.has_criteria)
    keys = list(keys)[:MOST_SCHEMES]
    facts = {"fiche": keys, "commune": found.criteria.place.codes}
    return {
        "eligible_count": len(keys),
        "eligibility_query": urlencode(facts, True) if keys else "",
    }


def _map_query(form, found, opened):
    """The address of the same cards, with the same numbers, for the map."""
    return form.query(suite=[block.slug for block in found.blocks if block.slug in opened])


def _is_swap(request):
    return request.htmx and not request.htmx.history_restore_request


def _messages(form):
    return [message for errors in form.errors.values() for message in errors]
