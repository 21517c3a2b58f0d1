"""What people send about accounts: signing in, passwords, invitations, roles."""

from itertools import chain

from django import forms
from django.conf import settings
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
    SetPasswordForm,
)
from django.core.validators import MaxLengthValidator

from partners import words
from partners.models import Agency, Invitation, User

MAX_PASSWORD = 200
MOST_LINES = 100
ADVICE = (
    f"{settings.PASSWORD_LENGTH} caractères au moins\u00a0: trois ou quatre mots sans rapport se "
    "retiennent bien. Ni votre adresse, ni un mot de passe que tout le monde emploie."
)
TAKEN = "Un compte a déjà cette adresse."
INVITED = "Cette adresse est déjà invitée\u00a0: renvoyez l'invitation depuis la liste."


class SignInForm(AuthenticationForm):
    """`rester`: keep the session thirty days, on a device that the landlord manages."""

    rester = forms.BooleanField(required=False)


class PasswordForm(SetPasswordForm):
    """A new password, twice; what it must be is said in sentences."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = ADVICE
        self.fields["new_password2"].help_text = ""
        for name in ("new_password1", "new_password2"):
            self.fields[name].validators.append(MaxLengthValidator(MAX_PASSWORD))


class OwnPasswordForm(PasswordForm, PasswordChangeForm):
    """The same, and the one she has: a session left open is not enough."""


class ResetForm(PasswordResetForm):
    """The address that asks for a new password: whose it is, nobody is told."""

    def accounts(self, backend):
        """Those it is the address of, and that may sign in: one at most."""
        found = self.get_users(self.cleaned_data["email"].strip().lower())
        return [user for user in found if backend.user_can_authenticate(user)]


class AccountForm(forms.ModelForm):
    """The role, the agency and the address of an account or of an invitation."""

    class Meta:
        model = User
        fields = ["email", "role", "agency"]
        widgets = {"role": forms.RadioSelect, "email": forms.EmailInput}
        error_messages = {"email": {"unique": TAKEN}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.order_by("name", "pk")
        self.fields["agency"].empty_label = "Aucune"
        self.fields["role"].choices = User.Role.choices
        self.fields["role"].error_messages["invalid_choice"] = "Ce rôle n'existe pas."
        self.fields["agency"].error_messages["invalid_choice"] = "Cette agence n'existe pas."

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email=email).exclude(pk=self._account_key()).exists():
            raise forms.ValidationError(TAKEN)
        return email

    def clean(self):
        facts = super().clean()
        if facts.get("role") == User.Role.AGENCY and not facts.get("agency"):
            self.add_error("agency", "Un compte d'agence a une agence.")
        return facts

    def _account_key(self):
        return self.instance.pk


class InvitationForm(AccountForm):
    class Meta(AccountForm.Meta):
        model = Invitation

    def clean_email(self):
        email = super().clean_email()
        if Invitation.objects.filter(email=email).exists():
            raise forms.ValidationError(INVITED)
        return email

    def _account_key(self):
        return None


class ManyForm(forms.Form):
    """Lines « courriel ; rôle ; agence », pasted from a spreadsheet or a CSV file.

    What can be invited is, and the rest comes back to be corrected with its reason.
    """

    lignes = forms.CharField(
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        error_messages={"required": "Collez au moins une ligne."},
    )

    def clean_lignes(self):
        lines = [line for line in self.cleaned_data["lignes"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(f"{MOST_LINES} lignes au plus à la fois.")
        return lines

    def sort(self):
        """(invitations not saved yet, [(line, why it is refused)]), of a valid form."""
        good, refused = {}, []
        agencies = {words.fold(agency.name): agency.pk for agency in Agency.objects.all()}
        for line in self.cleaned_data["lignes"]:
            form = InvitationForm(_facts(line, agencies))
            if form.is_valid() and form.cleaned_data["email"] not in good:
                good[form.cleaned_data["email"]] = form.instance
            elif form.errors:
                refused.append((line, " ".join(chain.from_iterable(form.errors.values()))))
        return list(good.values()), refused


def _facts(line, agencies):
    """The cells of a line, as the form of one invitation takes them; no role is an adviser."""
    delimiter = next((sign for sign in "\t;," if sign in line), ";")
    email, role, agency, *_ = [*(cell.strip(' "') for cell in line.split(delimiter)), "", "", ""]
    return {
        "email": email,
        "role": _role(role) if role else User.Role.ADVISER,
        "agency": agencies.get(words.fold(agency), "?") if agency else "",
    }


def _role(said):
    """The role that a word begins: « gardiens » does not, « proximité » and « agence » do."""
    folded = words.fold(said)
    known = [r for r in User.Role if words.fold(f"{r.label}").startswith(folded) or r == folded]
    return known[0] if len(known) == 1 else said
