"""Write and change a record (fiche)."""

import hashlib
import json
import re
import secrets

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from pghistory.models import Events

from partners import permissions
from partners.likeness import alike
from partners.models import Distinction, Listing, Merge, User
from partners.records import drafts, maps, naming, saving
from partners.records import facts as facts_of
from partners.records.editor import Editor, lacking, with_rows
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

Status = Listing.Status
SOURCE = "saisie en gestion"
TOKEN = re.compile(r"[0-9a-f]{16}")
KEY = re.compile(r"[0-9]{1,9}")
NEW_NUMBER = (
    'Le numéro a changé\u00a0: la vérification de l\'ancien ne vaut plus. <a href="{}">Dire que le '
    "nouveau est vérifié</a>"
)
TO_PUBLISH, TO_CHECK, TO_SEE = "publier", "a-verifier", "voir"
MINE, THEIRS = "mienne", "sienne"
SAID = {
    Status.DRAFT: "Brouillon enregistré. Les conseillères ne le voient pas encore.",
    Status.TO_CHECK: "Fiche enregistrée, à vérifier. Les conseillères ne la voient pas.",
    Status.PUBLISHED: "Fiche enregistrée. Les conseillères la voient ainsi.",
    Status.SUSPENDED: "Fiche enregistrée. Elle reste suspendue.",
    Status.ARCHIVED: "Fiche enregistrée. Elle reste archivée.",
}
UNDO = (
    'Fiche archivée. <button type="submit" class="button--link" form="gestes" '
    'formaction="{}">Annuler</button>'
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def create(request):
    if request.method != "POST":
        kind = request.GET.get("nature")
        listing = Listing(kind=kind if kind in Listing.Kind else Listing.Kind.STRUCTURE)
        listing.source = SOURCE
        return _resumed(request, listing) or _page(
            request, Editor(listing), drafts=drafts.of_new_records(request.user)
        )
    with transaction.atomic():
        token = _token(request)
        _wait_for_twin(token)
        made = with_rows(Listing.objects.filter(source_id=token)).first()
        if made:  # sent twice: what differs from the first time is asked
            return _submit(request, made, before=None)
        return _submit(request, Listing(source_id=token))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def edit(request, pk):
    """What was typed of a record merged meanwhile is compared with the one that was kept."""
    if request.method != "POST":
        listing = get_object_or_404(with_rows(Listing.objects.select_related("merge")), pk=pk)
        if hasattr(listing, "merge") and (kept := Merge.objects.kept_for([pk]).get(pk)):
            return _absorbed(request, kept)
        return _resumed(request, listing) or _page(
            request, Editor(listing), drafts=drafts.of_record(request.user, listing)
        )
    rows = with_rows(Listing.objects.select_related("merge").select_for_update(of=("self",)))
    while True:
        with transaction.atomic():
            listing = get_object_or_404(rows, pk=pk)
            kept = _kept_instead(listing)
            if kept is None:
                before = facts_of.unseal(request.POST.get("version", ""))
                return _submit(request, listing, before=before)
        pk = kept  # one lock at a time: undoing a merge takes both, in another order


def _kept_instead(listing):
    """The key of the record that was kept, None when this one was not absorbed: a merge that ended
    while its lock was awaited has archived it, and shows in no other row of the same statement."""
    if not (hasattr(listing, "merge") or listing.status == Status.ARCHIVED):
        return None
    return Merge.objects.kept_for([listing.pk]).get(listing.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def archive(request, pk):
    """Asks first; it can be undone."""
    if kept := Merge.objects.kept_for([pk]).get(pk):
        return _absorbed(request, kept)
    listing = get_object_or_404(Listing, pk=pk)
    if request.method != "POST":
        return page(request, "record_archive.html", {"listing": listing})
    saving.set_status(listing, Status.ARCHIVED)
    messages.success(request, format_html(UNDO, reverse("manage_records_restore", args=[pk])))
    return redirect("manage_records")


@require_POST
@permission(permissions.can_manage)
@transaction.atomic
def restore(request, pk):
    """Out of the archives: published when nothing is missing, else to check."""
    if pk in Merge.objects.kept_for([pk]):
        return redirect("manage_merge_undo", pk)
    listing = get_object_or_404(with_rows(Listing.objects.all()), pk=pk)
    if listing.status == Status.ARCHIVED:
        is_complete = not lacking(facts_of.of_listing(listing))
        saving.set_status(listing, Status.PUBLISHED if is_complete else Status.TO_CHECK)
        messages.success(request, f"Fiche rétablie, {listing.get_status_display()}.")
    return redirect("manage_records_edit", pk)


def _absorbed(request, kept):
    messages.info(request, "Cette fiche a été fusionnée\u00a0: voici celle qui a été gardée.")
    return redirect("manage_records_edit", kept)


@require_POST
@never_cache
@permission(permissions.can_manage)
def propose(request):
    """Names to choose from while one types; what is typed comes in the body (rule R3)."""
    kind, text = request.POST.get("quoi"), request.POST.get("texte", "")[:120]
    known = naming.propose(kind, text) if kind in naming.PROPOSALS else []
    return JsonResponse({"propositions": known})


# A form sent


def _submit(request, listing, **options):
    editor = Editor(listing, request.POST, **_before(options))
    if not editor.is_valid():
        return _page(request, editor, status=422)
    shown = facts_of.differences(editor.before, editor.now, editor.facts)
    if any(_choice(request, editor, found) is None for found in shown):
        return _page(request, editor, status=409, differences=shown)
    theirs = {d.name for d in shown if _choice(request, editor, d) == THEIRS}
    names = {n for n, value in editor.facts.items() if value != editor.now[n]} - theirs
    status = _status(request, listing)
    after = editor.now | {name: editor.facts[name] for name in names}
    if status == Status.PUBLISHED and (missing := lacking(after)):
        return _page(request, editor, status=422, missing=missing, is_refused=True)
    if questions := _questions(request, editor, names):
        return _page(request, editor, status=422, **questions)
    return _saved(request, editor, names, status)


def _before(options):
    """`before` {} when nothing is known of it: then all that differs is asked."""
    return {"before": options["before"] or {}} if "before" in options else {}


def _choice(request, editor, difference):
    """What was chosen of a difference as it stands now; None when it is still to choose."""
    if request.POST.get("vu") != _digest(editor.now):
        return None
    chosen = request.POST.get(f"garder-{difference.name}")
    return chosen if chosen in {MINE, THEIRS} else None


def _questions(request, editor, names):
    """What is asked once before a record is written: a name in a text, a record alike."""
    questions = {}
    if editor.form.suspicions(names) and not request.POST.get("confirme"):
        questions["is_doubtful"] = True
    if not editor.listing.pk:
        twins = alike(facts_of.for_likeness(editor.facts))
        known = set(request.POST.getlist("distincte"))
        if {str(pair.second.pk) for pair in twins} - known:
            questions["twins"] = twins
    return questions


def _status(request, listing):
    asked = request.POST.get("action")
    by_hand = {TO_PUBLISH: Status.PUBLISHED, TO_CHECK: Status.TO_CHECK}
    return by_hand.get(asked, Status(listing.status))


def _saved(request, editor, names, status):
    listing = editor.listing
    if not names and status == listing.status and listing.pk:
        messages.info(request, "Rien n'a changé.")
        return _after(request, listing)
    is_new = not listing.pk
    try:
        with transaction.atomic():
            listing.status = status
            is_unchecked = saving.write(listing, editor, names)
            if is_new:
                _tell_apart(request, listing)
    except ValidationError as error:
        _tell(editor.form, error)
        return _page(request, editor, status=422)
    messages.success(request, SAID[status])
    for remark in editor.form.remarks():
        messages.warning(request, remark)
    if is_unchecked:
        messages.warning(request, format_html(NEW_NUMBER, _review(listing)))
    return _after(request, listing)


def _review(listing):
    return reverse("manage_review_listing", args=[listing.pk])


def _tell_apart(request, listing):
    """« Ce n'est pas la même », ticked before it was written, is not asked again."""
    known = {text for text in request.POST.getlist("distincte") if KEY.fullmatch(text)}
    others = Listing.objects.filter(pk__in=known).exclude(pk=listing.pk)
    Distinction.objects.bulk_create(
        [Distinction(first=listing, second=other, said_by=request.user) for other in others]
    )


def _after(request, listing):
    drafts.forget(request.user, request.POST.get("brouillon", ""))
    is_to_see = request.POST.get("action") == TO_SEE
    return redirect(listing if is_to_see else reverse("manage_records_edit", args=[listing.pk]))


def _tell(form, error):
    """The model's own rules, beside their fields."""
    for name, errors in error.message_dict.items():
        form.add_error(name if name in form.fields else None, errors)


# What was typed and not sent


def _resumed(request, listing):
    """The form as it was typed, None when none is asked for or it is somebody else's."""
    asked = request.GET.get("reprendre", "")
    draft = KEY.fullmatch(asked) and drafts.asked(request.user, listing, int(asked))
    if not draft:
        return None
    editor = Editor(listing, drafts.data_of(draft), before=draft.before or None)
    return _page(request, editor, token=draft.key, is_resumed=True)


# The page


def _page(request, editor, *, status=200, **context):
    listing = editor.listing
    is_new = not listing.pk
    differences = context.get("differences", [])
    known = {
        "editor": editor,
        "form": editor.form,
        "maps": maps.around(listing),
        "listing": listing,
        "is_new": is_new,
        "version": "" if is_new else _version(editor),
        "token": (_token(request) if request.method == "POST" else _new_token()) if is_new else "",
        "seen": _digest(editor.now) if differences else "",
        "choices": [(d, request.POST.get(f"garder-{d.name}")) for d in differences],
        "changed": _last_change(listing) if differences else None,
        "faults": editor.faults() if status == 422 else [],
        "missing": [] if is_new else lacking(editor.now),
        "address": request.path if is_new else reverse("manage_records_edit", args=[listing.pk]),
    }
    known |= context
    known["draft_key"] = drafts.key_of(listing, known["token"])
    return page(request, "record.html", known, status=status)


def _version(editor):
    """The facts that the form goes on from: those of when it was opened."""
    return facts_of.seal(editor.before)


def _digest(facts):
    """A short text that stands for these facts."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


def _last_change(listing):
    """(who: an address or "", when) of the last change of a record, its relations included."""
    event = Events.objects.references(listing).order_by("-pgh_created_at").first()
    if event is None:
        return None
    key = (event.pgh_context or {}).get("user")
    account = User.objects.filter(pk=key).first() if key else None
    return {"who": account.email if account else "", "at": timezone.localtime(event.pgh_created_at)}


# Sent twice


def _new_token():
    return secrets.token_hex(8)


def _token(request):
    """Names one opening of the empty form, and the record that it makes in our own source."""
    sent = request.POST.get("jeton", "")
    return sent if TOKEN.fullmatch(sent) else _new_token()


def _wait_for_twin(token):
    """Let a first click on the same form end before the second one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [token])
