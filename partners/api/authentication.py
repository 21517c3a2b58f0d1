"""Who asks: a token (« Authorization: Bearer … »), else the session of the pages."""

from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from partners.accounts import AccountBackend
from partners.models import ApiToken

UNKNOWN = "Ce jeton est inconnu, révoqué ou expiré."
NO_CSRF = (
    "Une session envoie aussi l'en-tête X-CSRFToken, qui reprend le cookie «\u00a0csrftoken\u00a0»"
    "\u00a0; un jeton d'API s'en passe."
)


class TokenAuthentication(BaseAuthentication):
    """Gives (account, token). A wrong token is refused even when a session is there."""

    def authenticate(self, request):
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        tokens = ApiToken.objects.usable().bearing(secret.strip().decode("latin-1"))
        token = tokens.select_related("user__agency__sector").first()
        if token is None or not AccountBackend().user_can_authenticate(token.user):
            raise AuthenticationFailed(UNKNOWN)
        token.mark_used()
        return token.user, token

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages, whose refusals are in French."""

    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise PermissionDenied(NO_CSRF) from None
