"""Helplines, acronyms and signs of danger, kept by hand."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import permissions
from partners.models import DangerSign, GlossaryTerm, Helpline
from partners.reference_forms import HelplineForm, SignForm, TermForm
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page
from partners.views.manage.vocabulary import (
    MOST_TYPED,
    TRY,
    chosen_lines,
    is_step,
    rearranged,
)
from partners.views.manage.writing import has_changed, objections, version
from partners.vocabulary import order, trial

ROWS = 100
REMOVED = (
    '«\u00a0{}\u00a0» est retiré. <button type="submit" class="button--link" form="gestes" '
    'formaction="{}">Annuler</button>'
)


# Helplines


@require_safe
@never_cache
@permission(permissions.can_manage)
def helplines(request):
    used = Count("situation_links", distinct=True), Count("danger_sign_links", distinct=True)
    rows = Helpline.objects.select_related("zone", "replaced_by").order_by("order", "pk")
    rows = rows.annotate(situations_count=used[0], signs_count=used[1])
    found = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return page(request, "helplines.html", {"page": found})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def helpline(request, pk=None):
    """A new one, or one to change. It is never deleted: it is replaced or retired."""
    return _written(request, Helpline, pk, HelplineForm, "helpline.html", "helplines")


@require_POST
@permission(permissions.can_manage)
def move_helpline(request, pk):
    step = -1 if request.POST.get("sens") == "monter" else 1
    order.move(Helpline.objects.all(), pk, step)
    return redirect(f"{reverse('manage_vocabulary_helplines')}#numero-{pk}")


# Acronyms


@require_safe
@never_cache
@permission(permissions.can_manage)
def terms(request):
    found = Paginator(GlossaryTerm.objects.order_by("acronym", "pk"), ROWS)
    return page(request, "terms.html", {"page": found.get_page(request.GET.get("page"))})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def term(request, pk=None):
    return _written(request, GlossaryTerm, pk, TermForm, "term.html", "terms")


@require_POST
@permission(permissions.can_manage)
def remove_term(request, pk):
    found = get_object_or_404(GlossaryTerm, pk=pk)
    found.delete()
    undo = reverse("manage_vocabulary_term_restore", args=[pk])
    messages.success(request, format_html(REMOVED, found.acronym, undo))
    return redirect("manage_vocabulary_terms")


@require_POST
@permission(permissions.can_manage)
def restore_term(request, pk):
    """As it was when it was removed, from its history."""
    events = GlossaryTerm.pgh_event_model.objects.filter(pgh_obj_id=pk, pgh_label="delete")
    last = get_object_or_404(events.order_by("-pgh_id")[:1])
    values = {f.attname: getattr(last, f.attname) for f in GlossaryTerm._meta.concrete_fields}
    known = GlossaryTerm.objects.filter(acronym=values["acronym"])
    if not known.exists() and not GlossaryTerm.objects.filter(pk=pk).exists():
        GlossaryTerm.objects.create(**values)
        messages.success(request, f"«\u00a0{values['acronym']}\u00a0» est de nouveau là.")
    return redirect("manage_vocabulary_terms")


# Signs of danger: a false alarm wears the strip out, so only an administrator writes them


@require_safe
@never_cache
@permission(permissions.can_manage)
def signs(request):
    """The manager reads them; the link to change one is for administrators."""
    found = DangerSign.objects.prefetch_related("helpline_links__helpline").order_by("slug", "pk")
    can_change = permissions.can_administer(request.user)
    return page(request, "signs.html", {"signs": found, "can_change": can_change})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_administer)
def sign(request, pk=None):
    return _written(request, DangerSign, pk, SignForm, "sign.html", "signs")


@require_POST
@never_cache
@permission(permissions.can_administer)
def attempt_sign(request, pk=None):
    """What a phrase would raise with the words as typed: a part of the page, nothing is kept."""
    row = get_object_or_404(DangerSign, pk=pk) if pk else DangerSign()
    form = SignForm(request.POST, instance=row)
    return render(request, "partners/manage/_sign_trial.html", _sign_trial(form))


@require_POST
@permission(permissions.can_administer)
def remove_sign(request, pk):
    found = get_object_or_404(DangerSign, pk=pk)
    found.delete()
    messages.success(request, f"Le signe «\u00a0{found.label}\u00a0» est supprimé.")
    return redirect("manage_vocabulary_signs")


def _sign_trial(form):
    text = (form.data.get("essai", "") if form.is_bound else "")[:MOST_TYPED].replace("\0", " ")
    slug, _ = form.sign()
    tried = trial.try_phrase(text, form.lexicon(), here=slug) if text.strip() else None
    failures = form.failures() if form.is_bound else []
    return {"essay": text, "trial": tried, "failures": failures}


# What the three have in common


def _written(request, model, pk, form_class, template, parts):
    if request.method != "POST":
        row = get_object_or_404(model, pk=pk) if pk else model()
        return _page(request, form_class(instance=row), template)
    with transaction.atomic():
        row = get_object_or_404(model.objects.select_for_update(), pk=pk) if pk else model()
        action = request.POST.get("action", "")
        form = form_class(rearranged(request.POST, action), instance=row)
        if action == TRY or is_step(action):
            return _page(request, form, template)
        if refusal := objections(request, form):
            status, context = refusal
            return _page(request, form, template, status=status, **context)
        if has_changed(form):
            form.save()
            messages.success(request, f"«\u00a0{form.instance}\u00a0»\u00a0: c'est enregistré.")
        else:
            messages.info(request, "Rien n'a changé.")
    return redirect(f"manage_vocabulary_{parts}")


def _page(request, form, template, *, status=200, theirs=(), **context):
    row = form.instance
    known = {
        "form": form,
        "row": row,
        "is_new": not row.pk,
        "version": version(request, form, is_seen=bool(theirs)) if row.pk else "",
        "theirs": theirs,
        "address": request.path,
    }
    if isinstance(form, SignForm):
        known |= _sign_trial(form) | chosen_lines(form) | {"try_address": f"{request.path}essayer/"}
    return page(request, template, known | context, status=status)
