"""« Favoris »: folders, the star of a card, and where a listing is filed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partners import favourites, permissions
from partners.forms import ArrangeForm, FolderForm, GestureForm
from partners.models import Listing
from partners.views.merged import follows_merges
from partners.views.pages import bad_request
from partners.views.returning import page_of

UNDO = (
    'Fiche retirée des favoris. <button type="submit" class="button--link" form="gestes" '
    'formaction="{}" name="garder" value="{}">Annuler</button>'
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def overview(request):
    """All folders; a POST makes one, for a listing when it was asked for from one."""
    form = FolderForm(_body(request), user=request.user)
    if _is_sure(form) and _created(form, request.user):
        messages.success(request, "Dossier créé.")
        listing = form.cleaned_data["fiche"]
        return redirect("arrange", listing.pk) if listing else redirect("favourites")
    context = {
        "form": form,
        "is_doubtful": _is_doubtful(form),
        "shelves": favourites.shelves(request.user),
    }
    return render(request, "partners/favourites.html", context, status=_status(form))


@require_safe
@never_cache
def folder(request, pk):
    seen = get_object_or_404(favourites.folders(request.user), pk=pk)
    context = {"shelf": favourites.shelf(seen, request.user)}
    return render(request, "partners/folder.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_folder(request, pk):
    found = _own(request, pk)
    form = FolderForm(_body(request), instance=found, user=request.user)
    if _is_sure(form) and _changed(form):
        messages.success(request, "Dossier modifié.")
        return redirect(found)
    context = {"form": form, "folder": found, "is_doubtful": _is_doubtful(form)}
    return render(request, "partners/folder_edit.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete_folder(request, pk):
    """Asks first: a folder does not come back."""
    found = _own(request, pk)
    if request.method == "POST":
        favourites.delete_folder(found)
        messages.success(request, "Dossier supprimé.")
        return redirect("favourites")
    context = {"folder": found, "total": found.favourites.count()}
    return render(request, "partners/folder_delete.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def move_folder(request, pk):
    if request.method == "POST":
        favourites.move_up(_own(request, pk))
    return redirect("favourites")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@follows_merges
def mark(request, pk):
    """The star: keep a listing or remove it, then back to the page, or the star alone (`star.js`).

    Read as a page, as after signing in again, it is the record.
    """
    if request.method != "POST":
        return redirect("listing_short", pk)
    form = GestureForm(request.POST)
    if not form.is_valid():
        return bad_request(request)
    gesture = _keep if form.cleaned_data["keeps"] else _remove
    try:
        return gesture(request, pk, form.cleaned_data["folder_ids"])
    except favourites.Refused as refused:
        return _refusal(request, refused)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@follows_merges
def arrange(request, pk):
    """Choose the folders of a listing."""
    listing = get_object_or_404(permissions.visible(Listing.objects.all(), request.user), pk=pk)
    fillable = permissions.fillable_folders(favourites.folders(request.user), request.user)
    holding = favourites.folders_of(listing, request.user)
    form = ArrangeForm(_body(request), folders=fillable, holding=holding)
    if form.is_bound and form.is_valid() and _arranged(form, listing, request.user):
        messages.success(request, "Rangement enregistré.")
        return redirect(listing)
    context = {
        "form": form,
        "listing": listing,
        "folder_form": FolderForm(user=request.user, initial={"fiche": listing.pk}),
    }
    return render(request, "partners/arrange.html", context, status=_status(form))


def _keep(request, pk, folder_ids):
    listing = get_object_or_404(permissions.visible(Listing.objects.all(), request.user), pk=pk)
    favourites.keep(listing, by=request.user, folder_ids=folder_ids)
    if request.htmx:
        said = "Gardée dans vos favoris."
        return _star(request, {"listing": listing, "kept": {pk}, "said": said})
    messages.success(request, "Fiche gardée dans les favoris.")
    return _back(request, pk)


def _remove(request, pk, folder_ids):
    """A listing that the account may no longer open can still be removed."""
    listing = get_object_or_404(Listing, pk=pk)
    taken = favourites.remove(listing, by=request.user, folder_ids=folder_ids)
    if not taken and not permissions.can_open(listing, request.user):
        raise Http404
    undo = ",".join(map(str, taken))
    if request.htmx:
        said = "Retirée de vos favoris."
        return _star(request, {"listing": listing, "kept": set(), "undo": undo, "said": said})
    if taken:
        can_undo = permissions.can_open(listing, request.user)
        told = format_html(UNDO, reverse("favourite", args=[pk]), undo)
        messages.success(request, told if can_undo else "Fiche retirée des favoris.")
    return _back(request, pk)


def _star(request, context):
    return render(request, "partners/_star.html", context)


def _refusal(request, refused):
    if request.htmx:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, str(refused))
    return _back(request)


def _back(request, pk=None):
    """To the page that the gesture came from, at its card."""
    anchor = f"#fiche-{pk}" if pk else ""
    return redirect(page_of(request, "favourites") + anchor)


def _created(form, user):
    facts = form.cleaned_data
    try:
        made = favourites.create_folder(
            facts["name"], owner=user, is_shared=facts.get("is_shared", False)
        )
    except favourites.Refused as refused:
        form.add_error("name", str(refused))
        return False
    if facts["fiche"]:
        favourites.keep(facts["fiche"], by=user, folder_ids=[made.pk])
    return True


def _changed(form):
    facts = form.cleaned_data
    try:
        favourites.change_folder(
            form.instance, name=facts["name"], is_shared=facts.get("is_shared", False)
        )
    except favourites.Refused as refused:
        form.add_error("name", str(refused))
        return False
    return True


def _arranged(form, listing, user):
    add, drop = form.changes()
    try:
        favourites.arrange(listing, by=user, add=add, drop=drop)
    except favourites.Refused as refused:
        form.add_error("dossiers", str(refused))
        return False
    return True


def _own(request, pk):
    """An own folder; what is not seen is not found, what is another's is refused."""
    found = get_object_or_404(favourites.folders(request.user), pk=pk)
    if not permissions.can_edit_folder(found, request.user):
        raise PermissionDenied
    return found


def _body(request):
    return request.POST if request.method == "POST" else None


def _is_sure(form):
    return form.is_bound and form.is_valid() and not form.needs_confirmation()


def _is_doubtful(form):
    return form.is_bound and form.is_valid() and form.needs_confirmation()


def _status(form):
    return 422 if form.is_bound and not form.is_valid() else 200
