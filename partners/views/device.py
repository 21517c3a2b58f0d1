"""The product as an application of a telephone: installed, opened without a network, sending later.

What a device keeps is in its own browser (`static/js/visit-*.js`); the pack is `views/visit.py`.
"""

import json
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners import device_pass, permissions, reports
from partners.context import site
from partners.forms import sector_of
from partners.models import Helpline, Situation
from partners.report_forms import ERRORS, DeviceReportForm
from partners.sessions import mark_of
from partners.views.decorators import permission
from partners.views.theme import theme_url
from partners.visit_forms import VisitForm

HOUR = 3600  # seconds
KEY_USED = "Ce signalement n'est pas noté\u00a0: un autre est déjà venu sous sa clé. Refaites-le."
SHOWN_BY_DEVICES = "Laissez-Passer"
SHELL = "partners/visit_offline.html"

STYLES = ["vendor/pico/pico.min.css", "css/app.css", "css/report.css", "css/visit.css"]
SCRIPTS = [
    "hide combobox place same-place new-call shortcuts copy tray menu acronyms visit visit-here",
    "visit-ages visit-ask visit-bar visit-cards visit-clock visit-complete visit-danger",
    "visit-device visit-fill visit-hours visit-lexicon visit-map visit-match visit-pack",
    "visit-phrases visit-queue visit-queue-view visit-results visit-search visit-store visit-sync",
    "visit-tokens visit-towns visit-words",
]
PICTURES = ["icons.svg", "favicon.svg"]
WORKER_PARTS = ["js/visit-store.js", "js/visit-queue.js", "js/visit-worker.js"]
ICONS = [("192", "any"), ("512", "any"), ("512", "maskable")]


# Installed


@require_safe
@login_not_required
def manifest(request):
    """What a telephone shows of the application once it is installed (W3C, Web App Manifest)."""
    facts = {
        "id": "/",
        "name": f"Cartographie des partenaires – {settings.LANDLORD_NAME}",
        "short_name": "Cartographie",
        "lang": "fr",
        "dir": "ltr",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": settings.LANDLORD_COLOR,
        "background_color": "#f5f6f8",
        "icons": [_icon(size, purpose) for size, purpose in ICONS],
        "shortcuts": [{"name": "Visite à domicile", "url": reverse("visit")}],
    }
    response = JsonResponse(facts, content_type="application/manifest+json")
    patch_cache_control(response, public=True, max_age=HOUR)
    return response


def _icon(size, purpose):
    kind = "maskable-" if purpose == "maskable" else ""
    return {
        "src": static(f"app/icon-{kind}{size}.png"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


# With a network: what to keep


@require_safe
@permission(permissions.can_prepare_visit)
@never_cache
def prepare(request):
    """« Préparer une visite »; 404 when the setting OFFLINE is off."""
    if not settings.OFFLINE:
        raise Http404
    form = VisitForm({}, user=request.user)
    own = sector_of(request.user)
    context = {
        **visit_parts(),
        "form": form,
        "sectors": [(row.code, row.name) for row in form.fields["secteur"].queryset],
        "own_sector": own.code if own else "",
        "situations": Situation.objects.filter(archived_at=None),
    }
    return render(request, "partners/visit.html", context)


# Without a network


@require_safe
@never_cache
@login_not_required
def offline(request):
    """The page that the worker keeps and shows when there is no network: nobody's, and public."""
    return HttpResponse(_shell())


@require_safe
@login_not_required
def worker(request):
    """The service worker, asked for again at each visit. Its text changes with any file it keeps.

    With the setting OFFLINE off it takes itself away from the devices that have it.
    """
    if settings.OFFLINE:
        files = [reverse("visit_offline"), reverse("hide"), *shell_files()]
        facts = {"version": _version(files), "page": files[0], "files": files}
        facts |= {"slow": reverse("visit")}
        parts = WORKER_PARTS
    else:
        facts, parts = {}, ["js/visit-worker-end.js"]
    addresses = ", ".join(json.dumps(static(name)) for name in parts)
    text = f"self.SHELL = {json.dumps(facts)};\nimportScripts({addresses});\n"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def shell_files():
    """The addresses (list of str) of the files that the page without a network loads."""
    names = [f"js/{name}.js" for line in SCRIPTS for name in line.split()]
    return [theme_url(), *(static(name) for name in [*STYLES, *names, *PICTURES])]


def _version(files):
    return sha256("\n".join([*files, _shell()]).encode()).hexdigest()[:16]


def _shell():
    """Without the request: its account, its messages and its tokens are nobody else's."""
    context = {**site(HttpRequest()), **visit_parts(), "can_hide": True, "is_shell": True}
    return render_to_string(SHELL, context)


def visit_parts():
    """What the page of a visit says, with a network and without."""
    lines = Helpline.objects.active().filter(kind=Helpline.Kind.EMERGENCY)
    emergency = [(line, line.name.removeprefix(line.number).lstrip(" –")) for line in lines]
    return {"emergency": emergency, "report_kinds": ERRORS}


# Sending later


@require_safe
@never_cache
@login_not_required
def session(request):
    """Who is signed in, and a token to send with; 401 and whether the pack must go (`fini`)."""
    if not request.user.is_authenticated:
        is_over = device_pass.is_over(request.headers.get(SHOWN_BY_DEVICES, ""))
        return JsonResponse({"fini": is_over}, status=401)
    return JsonResponse(
        {
            "compte": str(request.user.pk),
            "marque": mark_of(request.session),
            "jeton": get_token(request),
            "laissez_passer": device_pass.issue(request),
            "signale": permissions.can_report(request.user),
        }
    )


@require_POST
@never_cache
@login_not_required
def send_report(request):
    """A report made without a network, filed once; refused, with the reason in French."""
    if not request.user.is_authenticated:
        return _refused("Votre session est finie\u00a0: reconnectez-vous.", 401)
    if not permissions.can_report(request.user):
        return _refused("Votre compte ne fait pas de signalement.", 403)
    form = DeviceReportForm(request.POST, user=request.user)
    is_valid, key = form.is_valid(), form.cleaned_data.get("cle")
    known = reports.received(key)
    if known and not _is_same(known.report, form, request.user):
        return _refused(KEY_USED, 422)
    if not (is_valid or known):  # one that came is received, whatever became of its record since
        return _refused(next(iter(form.errors.values()))[0], 422)
    if not known:
        reports.receive(key, lambda: _file(form, request.user), by=request.user)
    return JsonResponse({"recu": str(key)})


def _is_same(report, form, user):
    """Whether what was filed under a key is what is sent again; a report taken back is."""
    if report is None:
        return True
    listing, kind = form.cleaned_data.get("fiche"), form.cleaned_data.get("quoi")
    is_about_it = listing is None or report.listing_id == listing.pk
    return is_about_it and (report.created_by_id, report.kind) == (user.pk, kind)


def _file(form, user):
    facts = form.cleaned_data
    if not form.is_gap:
        return reports.file(facts["fiche"], facts["quoi"], by=user)
    communes = facts["commune"]
    return reports.file_gap(facts["situation"], communes[0] if communes else None, by=user)


def _refused(reason, status):
    return JsonResponse({"raison": reason}, status=status)
