"""The relation with a partner: what each expects, the last and next contact, who is due."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import hours, permissions, relations
from partners.models import Listing, Relation
from partners.relation_forms import DELAYS, ContactedForm, RelationForm
from partners.views.decorators import permission
from partners.views.manage import writing
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page
from partners.views.pages import bad_request
from partners.views.returning import page_of

PAGE = 40
DUE = "a-recontacter"
LISTS = {
    DUE: ("À recontacter", Relation.objects.due),
    "plus-tard": ("Plus tard", Relation.objects.planned),
    "sans-date": ("Sans date", Relation.objects.silent),
}
NEXT = [*DELAYS, ("0", "sans date")]
UNDO = (
    '«\u00a0{}\u00a0»\u00a0: contact noté aujourd\'hui, {}. <button type="submit" '
    'class="button--link" form="gestes" formaction="{}" name="geste" value="{}">Annuler</button>'
)


@require_safe
@never_cache
@permission(permissions.can_see_relation)
def overview(request):
    """Those whose day has come; `dans`: what « contact pris » plans next for each."""
    chosen = request.GET.get("liste", DUE)
    delay = request.GET.get("dans", str(relations.USUAL))
    if chosen not in LISTS or delay not in dict(NEXT):
        raise Http404
    rows = LISTS[chosen][1]().select_related("listing__commune")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "lists": [(slug, label) for slug, (label, _) in LISTS.items()],
        "chosen": chosen,
        "delays": NEXT,
        "delay": delay,
        "query": f"liste={chosen}&dans={delay}&",
    }
    return page(request, "relations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_see_relation)
@transaction.atomic
def edit(request, pk):
    listing = _found(request, pk)
    relation = Relation.objects.filter(listing=listing).first() or Relation(listing=listing)
    form = RelationForm(request.POST if request.method == "POST" else None, instance=relation)
    said = writing.objections(request, form) if form.is_bound else (200, {})
    if said is None:
        return _saved(request, form, listing)
    status, context = said
    known = {
        "listing": listing,
        "form": form,
        "version": writing.version(request, form, is_seen=status == 409),
    }
    return page(request, "relation.html", known | context, status=status)


@require_POST
@permission(permissions.can_see_relation)
@transaction.atomic
def contacted(request, pk):
    listing, form = _found(request, pk), ContactedForm(request.POST)
    if not form.is_valid():
        return bad_request(request)
    relation, token = relations.note_contact(listing, form.cleaned_data["dans"])
    if token:
        messages.success(request, _told(relation, token))
    else:
        messages.info(request, f"«\u00a0{listing}\u00a0»\u00a0: c'était déjà noté aujourd'hui.")
    return redirect(page_of(request, "manage_records_due"))


@require_POST
@permission(permissions.can_see_relation)
def undo(request):
    try:
        _, is_undone = relations.undo(request.POST.get("geste", ""))
    except relations.Unreadable:
        return bad_request(request)
    if is_undone:
        messages.success(request, "Contact annulé\u00a0: tout est comme avant.")
    else:
        messages.info(request, "Il n'y avait plus rien à annuler.")
    return redirect(page_of(request, "manage_records_due"))


def _found(request, pk):
    """The record, locked when something is sent: two people at once write one relation."""
    found = permissions.visible(Listing.objects.all(), request.user)
    if request.method == "POST":
        found = found.select_for_update(of=("self",))
    return get_object_or_404(found, pk=pk)


def _saved(request, form, listing):
    if form.says_nothing() or not writing.has_changed(form):
        messages.info(request, "Rien n'a changé.")
    else:
        form.save()
        messages.success(request, "C'est noté, pour les responsables seulement.")
    return redirect(listing)


def _told(relation, token):
    day = relation.next_contact_on
    planned = f"à recontacter le {hours.format_date(day)}" if day else "sans date prochaine"
    return format_html(
        UNDO, relation.listing, planned, reverse("manage_records_contacted_undo"), token
    )
