"""Home, the box, completion, results and their map: from a call to a phone number."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import box, news, outlines, permissions, places
from partners.coverage import place_of_communes, place_of_territory
from partners.forms import CriteriaForm
from partners.models import Audience, HelpKind, Helpline, Situation
from partners.search import Criteria, search

FILTER_LABELS = (
    ("ouvert", "is_open_now", "Ouvert maintenant"),
    ("domicile", "is_at_home", "Se déplace à domicile"),
    ("sans_rdv", "is_without_appointment", "Sans rendez-vous"),
)
CHOICE_FILTERS = (
    ("aide", "help_kind", HelpKind.choices),
    ("public", "audience", Audience.choices[1:]),
)


@require_safe
@never_cache
def home(request):
    return render(request, "partners/home.html", _home_context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def submit(request):
    """Read the box (rule R3: its text stays in this body) and go to an address of facts.

    Read as a page, as after signing in again in the middle of a call, it is the home page.
    """
    if request.method != "POST":
        return redirect("home")
    reading = box.read(request.POST.get("texte", ""), departement=settings.DEFAULT_DEPARTEMENT)
    situations = request.POST.getlist("situation") + [s.slug for s in reading.situations]
    communes = request.POST.getlist("commune") + [c.code for c in reading.communes]
    if reading.rest:
        context = _home_context(request) | _chosen(situations, communes)
        context["misunderstood"] = reading.rest
        return render(request, "partners/home.html", context, status=422)
    facts = {"situation": situations, "commune": communes, "aide": request.POST.get("aide", "")}
    form = CriteriaForm(facts)
    if not form.is_valid():
        context = _home_context(request) | {"errors": _messages(form)}
        return render(request, "partners/home.html", context, status=404)
    return redirect(f"{reverse('results')}?{form.query()}")


@require_POST
@never_cache
def complete(request):
    """The list of situations and communes that the typed text may mean, as a fragment."""
    text = request.POST.get("texte", "")
    context = {
        "situations": box.suggest_situations(text),
        "communes": places.find_communes(text, departement=settings.DEFAULT_DEPARTEMENT),
    }
    return render(request, "partners/_suggestions.html", context)


@require_safe
@never_cache
def results(request):
    form = CriteriaForm(request.GET)
    if not form.is_valid():
        context = _home_context(request) | {"errors": _messages(form)}
        return render(request, "partners/home.html", context, status=404)
    found = search(_criteria(form, request.user))
    context = {
        "results": found,
        "form": form,
        "filters": _filters(form, found),
        "narrow": found.criteria.communes if len(found.criteria.communes) > 1 else (),
        "query": form.query(),
        "commune_query": urlencode({"commune": [c.code for c in found.criteria.communes]}, True),
        "show_needs": len(found.criteria.situations) > 1,
        "is_filtered": found.criteria.is_filtered,
        "tiles": settings.TILE_LAYER,
        "outlines_url": outlines.url(found.criteria.place.departement),
        "can_see_professional_line": permissions.can_see_professional_line(request.user),
        "can_report": permissions.can_report(request.user),
    }
    part = "partners/_results.html" if _is_swap(request) else "partners/results.html"
    return render(request, part, context)


@require_safe
@never_cache
def map_data(request):
    """The points of the result page of the same query, and the outline of the tenant's commune."""
    form = CriteriaForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"erreur": " ".join(_messages(form))}, status=404)
    found = search(_criteria(form, request.user))
    pins = [(card, "danger") for card in found.danger_partners]
    pins += [(card, block.slug) for block in found.blocks for card in block.cards]
    points = [outlines.card_point(card, block) for card, block in pins if card.number]
    features = outlines.features(found.criteria.communes)
    return JsonResponse(
        {
            "communes": features,
            "points": points,
            "bornes": outlines.bounds(found.criteria.place, points),
        }
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_call(request):
    """Nothing of one call slips into the next: an empty home; the page clears its own tray."""
    return redirect("home")


def _chosen(situations, communes):
    """What was chosen already, kept beside a text that was not understood."""
    form = CriteriaForm({"situation": situations, "commune": communes})
    form.is_valid()
    return {
        "chosen_situations": form.cleaned_data.get("situation", []),
        "chosen_communes": form.cleaned_data.get("commune", []),
    }


def _home_context(request):
    territory = _default_territory(request.user)
    return {
        "situations": Situation.objects.on_home(),
        "help_kinds": HelpKind.choices,
        "territory": territory,
        "news": news.recent(),
        "permanences": news.permanences(place_of_territory(territory), timezone.now()),
        "helplines_top": Helpline.objects.active().filter(kind=Helpline.Kind.EMERGENCY)[:6],
    }


def _criteria(form, user):
    facts = form.cleaned_data
    communes = facts["commune"]
    place = (
        place_of_communes(communes) if communes else place_of_territory(_default_territory(user))
    )
    return Criteria(
        place=place,
        at=_minute(),
        situations=tuple(facts["situation"]),
        is_open_now=facts["ouvert"],
        is_at_home=facts["domicile"],
        is_without_appointment=facts["sans_rdv"],
        help_kind=facts["aide"],
        audience=facts["public"],
    )


def _minute():
    return timezone.localtime().replace(second=0, microsecond=0)


def _default_territory(user):
    """The sector of the account's agency, else the landlord's département."""
    return user.agency.sector if user.agency else places.home_departement()


def _is_swap(request):
    return request.htmx and not request.htmx.history_restore_request


def _filters(form, found):
    """Links that turn a filter on or off: three in view, then those that some card would pass."""
    criteria, counts = found.criteria, found.counts
    shown = [
        (name, "1", label, getattr(criteria, attribute), counts[attribute])
        for name, attribute, label in FILTER_LABELS
    ]
    for name, attribute, choices in CHOICE_FILTERS:
        shown += [
            (name, value, label.capitalize(), getattr(criteria, attribute) == value, count)
            for value, label in choices
            if (count := counts[attribute, value]) or getattr(criteria, attribute) == value
        ]
    return [_filter(form, *facts) for facts in shown]


def _filter(form, name, value, label, is_active, count):
    url = f"{reverse('results')}?{form.query(**{name: [] if is_active else [value]})}"
    facts = {"name": name, "value": value, "label": label, "url": url}
    return facts | {"is_active": is_active, "count": count}


def _messages(form):
    return [message for errors in form.errors.values() for message in errors]
