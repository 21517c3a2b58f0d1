"""Who asks: a token (« Authorization: Bearer … »), else the session of the pages."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from partners.accounts import AccountBackend
from partners.models import ApiToken

UNKNOWN = "Ce jeton est inconnu, révoqué ou expiré."


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
