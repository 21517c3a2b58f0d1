"""Who may sign in."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend


class AccountBackend(ModelBackend):
    """E-mail and password; a demonstration account is refused outside the demonstration."""

    def get_user(self, user_id):
        """With its agency, which every page names, and the sector that searches begin with."""
        users = get_user_model().objects.select_related("agency__sector")
        user = users.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)


def locked_name(request, credentials=None):
    """The name failures are counted under: what was typed, in one form, 255 characters at most."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return typed.strip().lower()[:255]
