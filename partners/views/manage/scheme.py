"""What stands around a record: a page for what only a scheme says, one for each part."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partners import permissions
from partners.models import Listing, SchemeDetails
from partners.scheme_forms import DetailsForm, parts_of, rows_of
from partners.views.decorators import permission
from partners.views.manage import writing
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

ALIKE = {"listing", "scheme", "structure", "territory", "other", "document"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
@transaction.atomic
def details(request, pk):
    listing = _listing_or_404(request, pk)
    if listing.kind != Listing.Kind.SCHEME:
        raise Http404
    known = SchemeDetails.objects.filter(listing=listing).first()
    form = DetailsForm(_sent(request), instance=known or SchemeDetails(listing=listing))
    said = writing.objections(request, form) if form.is_bound else (200, {})
    if said is None:
        form.save()
        return _saved(request, listing)
    status, context = said
    seen = writing.version(request, form, is_seen=status == 409)
    context |= _around(listing) | {"form": form, "version": seen, "title": "Le dispositif"}
    return page(request, "scheme.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
@transaction.atomic
def part(request, pk, part):
    listing = _listing_or_404(request, pk)
    asked = parts_of(listing).get(part)
    if asked is None:
        raise Http404
    rows = _rows(request, listing, asked)
    status, context = _objections(request, rows) if rows.is_bound else (200, {})
    if status == 0:
        changed = rows.save()
        if changed is not None:
            return _saved(request, listing, changed=changed)
        status = 422
    sent = request.POST.get("version", rows.version)
    context |= _around(listing, here=part) | {
        "part": asked,
        "rows": rows,
        "version": rows.version if status == 409 else sent,
        "title": asked.title,
    }
    return page(request, "scheme_part.html", context, status=status)


def _rows(request, listing, asked):
    links = ALIKE & {field.name for field in asked.model._meta.concrete_fields}
    known = asked.model.objects.filter(**{asked.owner: listing}).select_related(*links)
    kinds = rows_of(asked.form)
    files = request.FILES if request.method == "POST" else None
    return kinds(
        _sent(request),
        files,
        prefix="lignes",
        known=list(known),
        make=lambda: asked.model(**{asked.owner: listing}),
    )


def _objections(request, rows):
    """(status, context) of rows that are not to be saved yet, (0, {}) of the others."""
    if getattr(request, "is_file_too_big", False):
        return 422, {"is_file_too_big": True}
    if not rows.is_valid():
        return 422, {}
    if request.POST.get("version") != rows.version:
        return 409, {"theirs": list(rows.known.values()), "is_clash": True}
    if rows.suspicions() and request.POST.get("confirme") != "on":
        return 422, {"is_doubtful": True}
    return 0, {}


def _listing_or_404(request, pk):
    """The record, locked when something is sent."""
    found = permissions.visible(Listing.objects.all(), request.user)
    if request.method == "POST":
        found = found.select_for_update(of=("self",))
    return get_object_or_404(found, pk=pk)


def _around(listing, here=""):
    """The record and the pages of its parts."""
    tabs = [(slug, part.title, slug == here) for slug, part in parts_of(listing).items()]
    return {"listing": listing, "tabs": tabs, "is_scheme": listing.kind == Listing.Kind.SCHEME}


def _saved(request, listing, changed=1):
    if changed:
        messages.success(request, "Enregistré\u00a0: la fiche le montre aussitôt.")
    else:
        messages.info(request, "Rien n'a changé.")
    return redirect(request.path)


def _sent(request):
    return request.POST if request.method == "POST" else None
