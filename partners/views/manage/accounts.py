"""« Comptes »: who may sign in, as what; for administrators."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from partners import invitations, mail, permissions, staff, tasks
from partners.account_forms import AccountForm, InvitationForm, ManyForm
from partners.models import ApiToken, Invitation, User
from partners.staff import LastAdministrator
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

ROWS = 50
STATES = {"ouverts": "Ouverts", "fermes": "Fermés"}
LAST = (
    "C'est le dernier compte d'administration\u00a0: sans lui, personne n'ouvrirait plus de "
    "compte. Donnez d'abord ce rôle à quelqu'un d'autre."
)
UNDO = (
    'Le compte est fermé, ses appareils sont déconnectés. <button type="submit" '
    'class="button--link" form="gestes" formaction="{}">Le rouvrir</button>'
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_administer)
def overview(request):
    """The accounts, and the invitations that wait; what is typed comes in a body (rule R3)."""
    state = request.GET.get("etat") if request.GET.get("etat") in STATES else "ouverts"
    role = request.GET.get("role") if request.GET.get("role") in User.Role else ""
    typed = request.POST.get("texte", "").strip()[:100].replace("\0", "")
    accounts = User.objects.filter(is_active=state == "ouverts").select_related("agency")
    if typed:
        accounts = User.objects.filter(_named(typed)).select_related("agency")
    elif role:
        accounts = accounts.filter(role=role)
    asked = (request.POST if typed else request.GET).get("page")
    context = {
        "page": Paginator(accounts.order_by("email", "pk"), ROWS).get_page(asked),
        "state": state,
        "states": STATES.items(),
        "role": role,
        "roles": User.Role.choices,
        "typed": typed,
        "query": f"etat={state}&" + (f"role={role}&" if role else ""),
        "invitations": Invitation.objects.select_related("agency", "invited_by")[:ROWS],
        "has_mail": mail.is_available(),
    }
    return page(request, "accounts.html", context)


def _named(typed):
    return (
        Q(email__icontains=typed) | Q(last_name__icontains=typed) | Q(agency__name__icontains=typed)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_administer)
def invite(request):
    form = InvitationForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "has_mail": mail.is_available()}
        return page(request, "account_invite.html", context, status=422 if form.is_bound else 200)
    form.instance.invited_by = request.user
    return _send(request, form.instance)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_administer)
def invite_many(request):
    """The lines that can be invited are, by the queue; the others stay in the field."""
    form = ManyForm(request.POST or None)
    context = {"form": form, "has_mail": mail.is_available(), "refused": []}
    if request.method == "POST" and form.is_valid() and mail.is_available():
        good, context["refused"] = form.sort()
        for invitation in good:
            invitation.invited_by = request.user
            invitations.prepare(invitation)
            tasks.send_invitation.defer(invitation=invitation.pk)
        if good:
            messages.success(request, f"Invitations qui partent\u00a0: {len(good)}.")
        if not context["refused"]:
            return redirect("manage_accounts")
        context["left"] = "\n".join(line for line, _ in context["refused"])
    is_wrong = form.errors or context["refused"]
    return page(request, "account_many.html", context, status=422 if is_wrong else 200)


@require_POST
@never_cache
@permission(permissions.can_administer)
def resend(request, pk):
    """A new link for a new week; the ones sent before open nothing any more."""
    return _send(request, get_object_or_404(Invitation, pk=pk))


def _send(request, invitation):
    """Back to the list; without e-mail, the link is shown once, to hand over."""
    invitations.prepare(invitation)
    if not mail.is_available():
        context = {"invitation": invitation, "link": invitations.address(invitation)}
        return page(request, "account_link.html", context)
    if invitations.send(invitation):
        messages.success(request, f"Invitation envoyée à {invitation.email}.")
    else:
        messages.error(
            request,
            f"Le serveur d'envoi a refusé {invitation.email}\u00a0: vérifiez l'adresse. "
            "L'invitation reste dans la liste, à renvoyer ou à annuler.",
        )
    return redirect("manage_accounts")


@require_POST
@permission(permissions.can_administer)
def cancel(request, pk):
    """Of an invitation already gone, nothing is left to cancel: a double click says the same."""
    Invitation.objects.filter(pk=pk).delete()
    messages.success(request, "L'invitation est annulée\u00a0: son lien n'ouvre plus rien.")
    return redirect("manage_accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_administer)
def edit(request, pk):
    user = get_object_or_404(User.objects.select_related("agency"), pk=pk)
    old = user.email
    form = AccountForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            staff.change(User.objects.get(pk=pk), **facts)
        except LastAdministrator:
            form.add_error("role", LAST)
        else:
            messages.success(request, "Le compte est à jour.")
            _tell_new_address(request, old, facts["email"])
            return redirect("manage_accounts")
    return _account_page(request, pk, form)


def _tell_new_address(request, old, new):
    """Both addresses are told, at once: the queue keeps keys, never an address."""
    if old != new and mail.is_available():
        for refused in staff.tell_new_address(old=old, new=new):
            messages.warning(request, f"Le serveur d'envoi a refusé {refused}\u00a0: vérifiez-la.")


def _account_page(request, pk, form):
    user = User.objects.annotate(devices=_open_sessions()).get(pk=pk)
    context = {
        "account": user,
        "form": form,
        "tokens": ApiToken.objects.filter(user=user, revoked_at=None).count(),
        "has_mail": mail.is_available(),
    }
    return page(request, "account.html", context, status=422 if form.errors else 200)


def _open_sessions():
    return Count("sessions", filter=Q(sessions__expire_date__gt=timezone.now()))


@require_POST
@permission(permissions.can_administer)
def close(request, pk):
    user = get_object_or_404(User, pk=pk)
    try:
        staff.deactivate(user)
    except LastAdministrator:
        messages.error(request, LAST)
        return redirect("manage_accounts_edit", pk)
    messages.success(request, format_html(UNDO, reverse("manage_accounts_reopen", args=[pk])))
    return redirect("manage_accounts")


@require_POST
@permission(permissions.can_administer)
def reopen(request, pk):
    user = get_object_or_404(User, pk=pk)
    staff.reactivate(user)
    messages.success(
        request,
        f"Le compte {user.email} est rouvert, avec son mot de passe. "
        "Ses jetons d'API, s'il en avait, restent révoqués.",
    )
    return redirect("manage_accounts")


@require_POST
@permission(permissions.can_administer)
def sign_out(request, pk):
    user = get_object_or_404(User, pk=pk)
    here = request.session.session_key if user == request.user else None
    count = staff.end_sessions(user, but=here)
    messages.success(request, f"Appareils déconnectés\u00a0: {count}.")
    return redirect("manage_accounts_edit", pk)


@require_POST
@permission(permissions.can_administer)
def unlock(request, pk):
    """Open a sign-in that too many wrong passwords had closed, and send a link for a new one."""
    user = get_object_or_404(User, pk=pk, is_active=True)
    staff.forget_failures(user)
    if mail.is_available():
        tasks.send_reset.defer(account=user.pk)
        said = f"Un lien pour choisir un nouveau mot de passe part vers {user.email}."
    else:
        said = "La connexion est débloquée. L'ancien mot de passe reste valable."
    messages.success(request, said)
    return redirect("manage_accounts_edit", pk)
