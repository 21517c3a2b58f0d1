"""« Campagnes »: choose records, write, send, follow what comes back."""

import csv

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import mail, permissions, phones, tasks
from partners.campaign_forms import (
    MOST_LETTERS,
    CampaignForm,
    LeftOutForm,
    OptOutForm,
    RemindersForm,
)
from partners.campaigns import choosing, figures, running, wording
from partners.models import Campaign, Letter, Listing, OptOut, Reply
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page
from partners.views.pages import bad_request

CAMPAIGNS, ROWS = 20, 40
SAMPLES = 2
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Status = Letter.Status
FAULTY = (Status.REFUSED, Status.UNSURE)
TO_CALL = ["nom", "commune", "telephone", "courriel", "pourquoi"]


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    found = Paginator(Campaign.objects.all(), CAMPAIGNS).get_page(request.GET.get("page"))
    known = figures.of_campaigns(list(found))
    context = {
        "page": found,
        "rows": [(campaign, known[campaign.pk]) for campaign in found],
        "to_settle": Reply.objects.to_settle().count(),
        "opt_outs": OptOut.objects.count(),
        **_about_mail(),
    }
    return page(request, "campaigns.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def add(request):
    """The model text is there, or that of the last campaign."""
    last = Campaign.objects.order_by("-pk").first()
    form = CampaignForm(_body(request), initial=_usual(last))
    if form.is_bound and form.is_valid() and not form.needs_confirmation():
        form.instance.created_by = request.user
        return redirect(form.save())
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def edit(request, pk):
    campaign = _draft(pk)
    form = CampaignForm(_body(request), instance=campaign)
    if form.is_bound and form.is_valid() and not form.needs_confirmation():
        return redirect(form.save())
    return _form_page(request, form, pk=pk)


@require_safe
@never_cache
@permission(permissions.can_manage)
def detail(request, pk):
    campaign = _campaign(pk)
    return _draft_page(request, campaign) if campaign.is_draft else _running_page(request, campaign)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def start(request, pk):
    """Says to how many, and asks; a second click finds it started."""
    campaign = _campaign(pk)
    if not campaign.is_draft:
        messages.info(request, "Cette campagne est déjà lancée.")
        return redirect(campaign)
    counts = choosing.counts(campaign)
    may_start = 0 < counts.addresses <= MOST_LETTERS and mail.is_available()
    if request.method != "POST" or not may_start:
        context = {"campaign": campaign, "counts": counts, "may_start": may_start}
        context |= {"most": MOST_LETTERS, **_about_mail()}
        status = 422 if request.method == "POST" else 200
        return page(request, "campaign_start.html", context, status=status)
    number = running.start(campaign)
    if number:
        tasks.soon(tasks.send_letters)
        messages.success(request, f"C'est parti\u00a0: {number} messages s'en vont, un par un.")
    return redirect(campaign)


@require_POST
@permission(permissions.can_manage)
def leave_out(request, pk):
    """« Ne pas écrire » to one record of a campaign in preparation, and back."""
    campaign, form = _draft(pk), LeftOutForm(request.POST)
    if not form.is_valid():
        return bad_request(request)
    listing = form.cleaned_data["fiche"]
    if form.cleaned_data["garder"]:
        campaign.left_out.remove(listing)
        messages.success(request, f"«\u00a0{listing}\u00a0» recevra le message.")
    else:
        campaign.left_out.add(listing)
        messages.success(request, f"«\u00a0{listing}\u00a0» ne recevra pas le message.")
    number = request.POST.get("page", "")
    return redirect(
        f"{campaign.get_absolute_url()}?page={number if number.isdigit() else 1}#fiches"
    )


@require_POST
@permission(permissions.can_manage)
def try_out(request, pk):
    """The message as a partner gets it, to oneself; its link leads to nothing."""
    campaign = _campaign(pk)
    subject, text = wording.sample(campaign, _samples(campaign))
    link = mail.address_of(wording.SAMPLE_LINK)
    try:
        mail.deliver(to=request.user.email, subject=subject, text=text, leave=link)
    except mail.NotSent as error:
        messages.error(request, f"Le message d'essai n'est pas parti\u00a0: {error}")
    else:
        where = f" (fichier dans {_folder()})" if mail.is_in_files() else ""
        messages.success(request, f"Message d'essai envoyé à {request.user.email}{where}.")
    return redirect(campaign)


@require_POST
@permission(permissions.can_manage)
def act(request, pk, gesture):
    """A gesture on a campaign that has started; each can be done twice without harm."""
    campaign = get_object_or_404(Campaign.objects.exclude(started_at=None), pk=pk)
    if gesture not in GESTURES:
        raise Http404
    GESTURES[gesture](request, campaign)
    return redirect(campaign)


@require_POST
@permission(permissions.can_manage)
def remove(request, pk):
    """Only what never left: the others are kept, with what partners answered."""
    campaign = _draft(pk)
    campaign.delete()
    messages.success(request, f"«\u00a0{campaign}\u00a0» est supprimée. Rien n'était parti.")
    return redirect("manage_campaigns")


@require_safe
@never_cache
@permission(permissions.can_manage)
def to_call(request, pk):
    """For a spreadsheet: who has not answered or has no address, and the number to call."""
    campaign = _campaign(pk)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="a-appeler-{campaign.pk}.csv"'
    rows = csv.writer(answer, delimiter=";", lineterminator="\r\n")
    rows.writerow(TO_CALL)
    rows.writerows([_plain(cell) for cell in row] for row in _calls(campaign))
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def opt_outs(request):
    """Who asked to be written to no more; one who asks by telephone is added here."""
    form = OptOutForm(_body(request))
    if form.is_bound and form.is_valid():
        running.opt_out(form.cleaned_data["email"])
        messages.success(request, "Plus aucun message ne partira à cette adresse.")
        return redirect("manage_campaigns_opt_outs")
    found = Paginator(OptOut.objects.all(), ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "page": found}
    return page(request, "campaign_opt_outs.html", context, status=422 if form.is_bound else 200)


@require_POST
@permission(permissions.can_manage)
def opt_in(request, pk):
    get_object_or_404(OptOut, pk=pk).delete()
    messages.success(request, "Cette adresse recevra de nouveau les messages.")
    return redirect("manage_campaigns_opt_outs")


# Pages


def _draft_page(request, campaign):
    writable = choosing.with_address(campaign).select_related("commune")
    writable = writable.order_by("search_key", "pk")
    left_out = set(campaign.left_out.values_list("pk", flat=True))
    found = Paginator(writable, ROWS).get_page(request.GET.get("page"))
    calls = choosing.to_call(campaign).select_related("commune").order_by("search_key", "pk")
    subject, text = wording.sample(campaign, _samples(campaign))
    context = {
        "campaign": campaign,
        "counts": choosing.counts(campaign),
        "page": found,
        "left_out": left_out,
        "calls": calls[:ROWS],
        "subject": subject,
        "text": text,
        "sender": mail.sender(),
        **_about_mail(),
    }
    return page(request, "campaign_draft.html", context)


def _running_page(request, campaign):
    known = figures.of_campaigns([campaign])[campaign.pk]
    faulty = campaign.letters.filter(status__in=FAULTY).order_by("email", "pk")
    faulty = faulty.prefetch_related("replies__listing")
    late = campaign.letters.waiting().exclude(error="").order_by("pk").first()
    context = {
        "campaign": campaign,
        "figures": known,
        "faulty": faulty[:ROWS],
        "late": late,
        "page": Paginator(figures.silent(campaign), ROWS).get_page(request.GET.get("page")),
        "reminders": RemindersForm(instance=campaign),
        "now": timezone.localtime(),
        **_about_mail(),
    }
    return page(request, "campaign.html", context)


def _form_page(request, form, pk=None):
    is_doubtful = form.is_bound and form.is_valid()
    context = {
        "form": form,
        "pk": pk,
        "is_doubtful": is_doubtful,
        "words": WORDS,
    }
    return page(request, "campaign_form.html", context, status=422 if form.is_bound else 200)


WORDS = [
    ("[lien]", "l'adresse où le partenaire répond"),
    ("[fiches]", "le nom de ses fiches, une par ligne"),
    ("[bailleur]", "votre nom"),
    ("[date]", "le dernier jour où le lien sert"),
]


def _about_mail():
    return {
        "can_send": mail.is_available(),
        "folder": _folder() if mail.is_in_files() else "",
    }


def _folder():
    return mail.folder()


def _samples(campaign):
    """Records of one address, for a message that looks like those that will leave."""
    found = choosing.reachable(campaign).order_by("search_key", "pk").first()
    if found is None:
        return [Listing(name="Le nom de sa fiche")]
    same = choosing.reachable(campaign).filter(email__iexact=found.email)
    return list(same.order_by("pk")[:SAMPLES])


def _usual(last):
    text = {"subject": last.subject, "body": last.body} if last else {}
    month = timezone.localdate().strftime("%m/%Y")
    usual = {"subject": wording.SUBJECT, "body": wording.BODY, "name": f"Vérification {month}"}
    return usual | text


def _calls(campaign):
    """Rows of the spreadsheet; nothing that would tell where a confidential place is (R7)."""
    for listing in choosing.to_call(campaign).select_related("commune").order_by("search_key"):
        yield _call(listing, "sans courriel" if not listing.email else "ne veut plus de message")
    for listing in [] if campaign.is_draft else figures.silent(campaign):
        yield _call(listing, Status(listing.letter_status).label + ", sans réponse")


def _call(listing, why):
    shows_place = listing.commune_id and not listing.is_confidential
    place = listing.commune.name if shows_place else ""
    return [listing.name, place, phones.display(listing.phone), listing.email, why]


def _plain(cell):
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _campaign(pk):
    return get_object_or_404(Campaign.objects.select_related("situation", "place"), pk=pk)


def _draft(pk):
    return get_object_or_404(Campaign, pk=pk, status=Campaign.Status.DRAFT)


def _body(request):
    return request.POST if request.method == "POST" else None


# Gestures


def _stop(request, campaign):
    number = running.stop(campaign)
    messages.success(request, f"Envoi arrêté\u00a0: {number} messages ne partiront pas.")


def _resume(request, campaign):
    _leaving(request, running.resume(campaign))


def _resend(request, campaign):
    _leaving(request, running.resend(campaign, _keys(request)))


def _close(request, campaign):
    running.close(campaign)
    said = "Campagne close\u00a0: les liens ne s'ouvrent plus. Les réponses reçues restent."
    messages.success(request, said)


def _set_reminders(request, campaign):
    form = RemindersForm(request.POST, instance=campaign)
    if form.is_valid():
        form.save()
        messages.success(request, "Les rappels sont réglés ainsi.")
    else:
        messages.error(request, "Entre deux messages, il faut de 3 à 60 jours. Rien n'a changé.")


def _leaving(request, number):
    if number:
        tasks.soon(tasks.send_letters)
        messages.success(request, f"Messages qui vont repartir\u00a0: {number}.")
    else:
        messages.info(request, "Il n'y a rien à envoyer de nouveau.")


def _keys(request):
    """The letters asked for, None for all."""
    sent = request.POST.getlist("message")
    return [int(pk) for pk in sent if pk.isdigit() and len(pk) < 10] if sent else None


GESTURES = {
    "arreter": _stop,
    "reprendre": _resume,
    "renvoyer": _resend,
    "clore": _close,
    "rappels": _set_reminders,
}
