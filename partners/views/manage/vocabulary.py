"""The situations: their words tried before they are saved, their order, their archives."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import call_guides, known, permissions
from partners.imports.data_inclusion import labels
from partners.models import Helpline, Listing, Situation
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page
from partners.views.manage.writing import has_changed, objections, version
from partners.vocabulary import order, situations, trial
from partners.vocabulary_forms import ArchiveForm, SituationForm

TRY = "essayer"
UP, DOWN = "monter-", "descendre-"
MOST_TYPED = 120
BLANK_THEMES = 3
MOST_TAKEN = 10
UNDO = (
    '«\u00a0{}\u00a0» est archivée. <button type="submit" class="button--link" form="gestes" '
    'formaction="{}">Annuler</button>'
)


@require_safe
@permission(permissions.can_manage)
def start(request):
    """The beginning of the section."""
    return redirect("manage_vocabulary_situations")


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    """Every situation in the order of the home page, with what it holds; the archived ones."""
    links = Count("listing_links", filter=Q(listing_links__listing__status__in=IN_SERVICE))
    known = Situation.objects.with_words().annotate(records=links).order_by("order", "pk")
    archived = Situation.everything.archived().select_related("merged_into").order_by("label")
    return page(request, "situations.html", {"situations": known, "archived": archived})


IN_SERVICE = [Listing.Status.PUBLISHED, Listing.Status.SUSPENDED]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def create(request):
    return _written(request, Situation())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def edit(request, pk):
    if request.method != "POST":
        return _written(request, get_object_or_404(Situation, pk=pk))
    with transaction.atomic():
        return _written(request, get_object_or_404(Situation.objects.select_for_update(), pk=pk))


@require_POST
@never_cache
@permission(permissions.can_manage)
def attempt(request, pk=None):
    """What a phrase would mean with the words as typed: a part of the page, nothing is kept."""
    situation = get_object_or_404(Situation, pk=pk) if pk else Situation()
    saved = list(situation.synonyms)
    form = SituationForm(request.POST, instance=situation)
    return render(request, "partners/manage/_trial.html", _trial(form, saved))


@require_POST
@permission(permissions.can_manage)
def move(request, pk):
    """One step up or down, in the list and on the home page."""
    step = -1 if request.POST.get("sens") == "monter" else 1
    order.move(Situation.objects.all(), pk, step)
    return redirect(f"{reverse('manage_vocabulary_situations')}#situation-{pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def archive(request, pk):
    """Asks first where its records go; it can be undone."""
    situation = get_object_or_404(Situation, pk=pk)
    form = ArchiveForm(request.POST or None, situation=situation)
    if request.method == "POST" and form.is_valid() and _archived(form, situation):
        undo = reverse("manage_vocabulary_situation_restore", args=[pk])
        messages.success(request, format_html(UNDO, situation.label, undo))
        return redirect("manage_vocabulary_situations")
    context = {"situation": situation, "form": form, "uses": situations.uses(situation)}
    status = 422 if form.is_bound else 200
    return page(request, "situation_archive.html", context, status=status)


@require_POST
@permission(permissions.can_manage)
def restore(request, pk):
    situation = get_object_or_404(Situation.everything.archived(), pk=pk)
    records = situations.restore(situation)
    messages.success(
        request,
        f"«\u00a0{situation.label}\u00a0» est de nouveau là, avec ses fiches\u00a0: {records}.",
    )
    return redirect("manage_vocabulary_situations")


def _archived(form, situation):
    try:
        situations.archive(
            situation,
            into=form.cleaned_data["into"],
            with_words=form.cleaned_data["with_words"],
        )
    except situations.Refused as refused:
        form.add_error("into", str(refused))
        return False
    return True


# The form


def _written(request, situation):
    """The form opened, tried, rearranged or saved."""
    saved = list(situation.synonyms)
    if request.method != "POST":
        return _page(request, SituationForm(instance=situation), saved)
    action = request.POST.get("action", "")
    form = SituationForm(rearranged(request.POST, action), instance=situation)
    if action == TRY or is_step(action):
        return _page(request, form, saved)
    if refusal := objections(request, form):
        status, context = refusal
        return _page(request, form, saved, status=status, **context)
    return _saved(request, form, saved)


def _saved(request, form, saved):
    if not has_changed(form):
        messages.info(request, "Rien n'a changé.")
        return redirect("manage_vocabulary_situations")
    situation = form.save()
    messages.success(
        request, f"«\u00a0{situation.label}\u00a0» est enregistrée. La recherche le sait déjà."
    )
    told = [remark for remark in _remarks(form, saved) if remark.is_new][: trial.MOST_TOLD]
    for remark in told:
        messages.warning(request, f"«\u00a0{remark.word}\u00a0» {remark.text}")
    return redirect("manage_vocabulary_situations")


def _remarks(form, saved):
    topic = form.topic()
    return trial.remarks(topic, known.lexicon(), saved=tuple(saved))


def rearranged(data, action):
    """What was sent, with a helpline one step up or down when that is what was asked."""
    for prefix, step in ((UP, -1), (DOWN, 1)):
        if action.startswith(prefix):
            data = data.copy()
            lines = data.getlist("helplines")
            data.setlist("helplines", order.moved(lines, action.removeprefix(prefix), step))
    return data


def _page(request, form, saved, *, status=200, theirs=(), is_doubtful=False):
    situation = form.instance
    is_new = not situation.pk
    context = {
        "form": form,
        "situation": situation,
        "is_new": is_new,
        "label": "" if is_new else form.initial["label"],
        "version": "" if is_new else version(request, form, is_seen=bool(theirs)),
        "theirs": theirs,
        "is_doubtful": is_doubtful,
        "themes": [*_values(form, "themes"), *[""] * BLANK_THEMES],
        "known_themes": labels.BY_FIELD["themes"].items(),
        "essay": request.POST.get("essai", "")[:MOST_TYPED],
        "address": request.path,
        "try_address": _try_address(situation),
        "agencies": () if is_new else call_guides.agencies(situation),
    }
    return page(
        request, "situation.html", context | chosen_lines(form) | _trial(form, saved), status=status
    )


def _try_address(situation):
    if situation.pk:
        return reverse("manage_vocabulary_situation_try", args=[situation.pk])
    return reverse("manage_vocabulary_situation_new_try")


def _trial(form, saved):
    """What is understood of the phrase typed, and what to know of the words."""
    topic = form.topic()
    is_saved = form.instance.pk and not form.is_bound
    lexicon = known.lexicon() if is_saved else known.drafted(topic)
    text = (form.data.get("essai", "") if form.is_bound else "")[:MOST_TYPED].replace("\0", " ")
    return {
        "essay": text,
        "trial": trial.try_phrase(text, lexicon, here=topic.slug) if text.strip() else None,
        "remarks": trial.remarks(topic, lexicon, saved=tuple(saved)),
        "taken": trial.taken(topic, lexicon, saved=tuple(saved))[:MOST_TAKEN],
    }


def _values(form, name):
    return [text for text in form[name].value() or [] if text]


def is_step(action):
    """Whether a helpline is to move in the form, which saves nothing."""
    return action.startswith((UP, DOWN))


def chosen_lines(form):
    """The helplines of the form, in its order, and those to add; one that is gone is left out."""
    keys = [int(key) for key in _values(form, "helplines") if str(key).isdigit() and len(key) < 10]
    found = Helpline.objects.in_bulk(keys)
    lines = [found[key] for key in dict.fromkeys(keys) if key in found]
    return {"lines": lines, "others": Helpline.objects.active().order_by("order", "pk")}
