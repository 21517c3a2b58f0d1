"""What a view demands of the account."""

from functools import wraps

from django.core.exceptions import PermissionDenied


def permission(may):
    """Refuse (403) the accounts that the predicate `may` of `partners.permissions` refuses."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
