"""« Données »: what is kept of people, how long, and telling those whom the directory names."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import kept_data, mail, notices, permissions, retention
from partners.models import ContactNotice, NoticeText, Redaction
from partners.notice_forms import BY_HAND, ByHandForm, PeopleForm, TextForm
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

ROWS = 25
RUNS = 7
TABS = {"a-informer": "À informer", "informees": "Informées"}
MAIL, BY_HAND_ACTION = "courriel", "autrement"


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    """For the data-protection officer, made of the fields themselves; it prints as it stands."""
    context = {
        "entries": kept_data.entries(),
        "runs": retention.last_runs(RUNS),
        "rules": retention.RULES,
        "redactions": Redaction.objects.count(),
        "to_tell": notices.to_tell().count(),
        "day": timezone.localdate(),
    }
    return page(request, "data.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def contacts(request):
    """Those to tell, the longest waiting first, and those told."""
    if request.method == "POST":
        is_mail = request.POST.get("action") == MAIL
        form = PeopleForm(request.POST) if is_mail else ByHandForm(request.POST)
        if not form.is_valid():
            return _contacts_page(request, form)
        return _send(request, form) if is_mail else _mark(request, form)
    return _contacts_page(request)


def _send(request, form):
    people = form.cleaned_data["contact"]
    asked = [contact for contact in people if contact.email]
    if not mail.is_available():
        messages.error(
            request, "Cet outil n'envoie pas de courriels\u00a0: informez-les autrement."
        )
        return redirect("manage_data_contacts")
    sent = notices.send(asked, by=request.user)
    if sent.told:
        messages.success(request, f"Courriels envoyés\u00a0: {len(sent.told)}.")
    if without := len(people) - len(asked):
        messages.warning(request, f"Sans courriel, à informer autrement\u00a0: {without}.")
    for contact in sent.refused:
        messages.error(request, f"L'adresse de {contact.name} est refusée par le serveur d'envoi.")
    if sent.is_cut:
        messages.error(request, "Le serveur d'envoi ne répond pas. Les autres attendent encore.")
    return redirect("manage_data_contacts")


def _mark(request, form):
    facts = form.cleaned_data
    done = [
        notices.mark(contact, way=facts["comment"], on=facts["le"], by=request.user)
        for contact in facts["contact"]
    ]
    messages.success(
        request, f"C'est noté pour {sum(done)} personne{'s' if sum(done) > 1 else ''}."
    )
    return redirect("manage_data_contacts")


def _contacts_page(request, form=None):
    tab = request.GET.get("etat") if request.GET.get("etat") in TABS else "a-informer"
    rows = notices.told() if tab == "informees" else notices.to_tell()
    found = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    today = timezone.localdate()
    chosen = set(form.data.getlist("contact")) if form else set()
    context = {
        "form": form,
        "page": found,
        "rows": [
            (c, notices.due_on(c), notices.due_on(c) < today, str(c.pk) in chosen) for c in found
        ],
        "tab": tab,
        "tabs": TABS.items(),
        "query": f"etat={tab}&",
        "ways": BY_HAND,
        "today": today,
        "has_mail": mail.is_available(),
        "actions": {"mail": MAIL, "by_hand": BY_HAND_ACTION},
    }
    return page(request, "data_contacts.html", context, status=422 if form else 200)


@require_POST
@permission(permissions.can_manage)
def undo(request, pk):
    """A mistake taken back; a letter that was sent stays sent."""
    row = get_object_or_404(ContactNotice, pk=pk)
    if row.way == ContactNotice.Way.MAIL:
        messages.info(request, "Le courriel est parti\u00a0: cela ne se défait pas.")
    else:
        row.delete()
        messages.success(request, "La personne est de nouveau à informer.")
    return redirect("manage_data_contacts")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def text(request):
    """The letter; « revenir au modèle » forgets what was written in its place."""
    if request.POST.get("action") == "modele":
        NoticeText.objects.all().delete()
        messages.success(request, "Le texte est de nouveau celui du modèle.")
        return redirect("manage_data_text")
    written = notices.text()
    form = TextForm(request.POST or None, instance=written)
    if request.method == "POST" and form.is_valid():
        form.instance.updated_by = request.user
        form.save()
        messages.success(request, "Le texte est enregistré. Il servira aux prochains envois.")
        return redirect("manage_data_text")
    sample = notices.to_tell().first()
    context = {
        "form": form,
        "tokens": notices.TOKENS.items(),
        "is_own": NoticeText.objects.exists(),
        "sample": sample and notices.letter(sample, notices.text()),
    }
    return page(request, "data_text.html", context, status=422 if form.errors else 200)
