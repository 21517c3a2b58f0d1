"""One's own account: signing in, passwords, devices; an invitation taken up."""

from axes.helpers import get_cool_off
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.core.cache import cache
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import guide, invitations, mail, sessions, staff, tasks
from partners.account_forms import OwnPasswordForm, PasswordForm, ResetForm, SignInForm
from partners.accounts import AccountBackend
from partners.models import User
from partners.sessions import mark_of

BACKEND = "partners.accounts.AccountBackend"
ASKED_AT_MOST = 3
ASKED_WITHIN = 3600  # seconds


# Signing in


class SignIn(LoginView):
    """Django's, which says of the session on what device it is and whether it is kept."""

    template_name = "partners/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        answer = super().form_valid(form)
        sessions.describe(self.request, is_kept=form.cleaned_data["rester"])
        return answer


def locked(request, response=None, credentials=None):
    """Too many wrong passwords (setting AXES_LOCKOUT_CALLABLE): until when, and whom to ask."""
    context = {"until": timezone.localtime(timezone.now() + get_cool_off(request))}
    return render(request, "partners/locked.html", context, status=429)


# A password forgotten


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def ask_reset(request):
    """The same answer whether the address is an account's or not."""
    if not mail.is_available():
        return render(request, "partners/reset_asked.html", {"is_without_mail": True})
    form = ResetForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "partners/reset.html", {"form": form}, status=status)
    for user in form.accounts(AccountBackend()):
        if _is_rare(user):
            tasks.send_reset.defer(account=user.pk)
    return redirect("reset_asked")


@require_safe
@login_not_required
def reset_asked(request):
    return render(request, "partners/reset_asked.html")


def _is_rare(user):
    """Whether few messages went to this account lately; counted in each process's memory."""
    key = f"reset-{user.pk}"
    cache.add(key, 0, ASKED_WITHIN)
    return cache.incr(key) <= ASKED_AT_MOST


class Reset(PasswordResetConfirmView):
    """A new password by the link of the e-mail; whoever was signed in is so no longer."""

    form_class = PasswordForm
    template_name = "partners/reset_confirm.html"
    success_url = reverse_lazy("login")

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and AccountBackend().user_can_authenticate(user) else None

    def form_valid(self, form):
        answer = super().form_valid(form)
        staff.end_sessions(self.user)
        staff.forget_failures(self.user)
        messages.success(self.request, "Votre mot de passe est changé. Connectez-vous avec lui.")
        return answer


# An invitation


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def invitation(request, token):
    """Choose a password, and be signed in; opening the link uses nothing up."""
    found = invitations.find(token)
    if found is None:
        return render(request, "partners/invitation_over.html", status=410)
    form = PasswordForm(User(email=found.email), request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "invitation": found}
        status = 422 if form.is_bound else 200
        return render(request, "partners/invitation.html", context, status=status)
    user = invitations.accept(found, form.cleaned_data["new_password1"])
    if user is None:  # clicked twice
        return redirect("login")
    login(request, user, backend=BACKEND)
    sessions.describe(request, is_kept=False)
    messages.success(request, "Bienvenue\u00a0! Votre compte est ouvert.")
    return redirect("home")


# My account


@require_safe
@never_cache
def mine(request):
    """One's own facts, and the devices where one is signed in."""
    here = request.session.session_key
    rows = [(row, mark_of(row), row.session_key == here) for row in request.user.sessions.all()]
    rows.sort(key=lambda found: not found[2])
    return render(request, "partners/account.html", {"sessions": rows})


@require_POST
def sign_out_device(request):
    """Sign out one device, or all the others (`appareil` empty)."""
    mark = request.POST.get("appareil", "")
    here = request.session.session_key
    if not mark:
        count = staff.end_sessions(request.user, but=here)
        messages.success(request, _ended(count))
        return redirect("account")
    row = next((row for row in request.user.sessions.all() if mark_of(row) == mark), None)
    if row is None:
        messages.info(request, "Cet appareil est déjà déconnecté.")
    elif row.session_key == here:
        raise Http404
    else:
        row.delete()
        messages.success(request, "L'appareil est déconnecté.")
    return redirect("account")


@require_POST
def first_steps(request):
    """Go to the next invented call, leave them, or begin again."""
    step = request.POST.get("pas")
    known = {"suivant": request.user.guide_step + 1, "fin": guide.DONE, "refaire": guide.FIRST}
    if step not in known:
        raise Http404
    if step != "suivant" or request.user.guide_step:
        guide.go_to(request.user, known[step])
    return redirect("home")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def password(request):
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "partners/password.html", {"form": form}, status=status)
    form.save()
    update_session_auth_hash(request, form.user)
    count = staff.end_sessions(request.user, but=request.session.session_key)
    messages.success(request, f"Votre mot de passe est changé. {_ended(count)}")
    return redirect("account")


def _ended(count):
    if not count:
        return "Aucun autre appareil n'était connecté."
    return f"Autres appareils déconnectés\u00a0: {count}."
