"""Nothing that was typed is lost when the session or the page has expired meanwhile."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render


def keeps_what_was_typed(view):
    """What is sent by who is no longer signed in comes back, to send again once she is."""

    @login_not_required
    @wraps(view)
    def kept(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            return given_back(request)
        return redirect_to_login(request.get_full_path())

    kept.keeps_what_was_typed = True
    return kept


def may_give_back(request):
    """Whether a request that has no valid token comes from our own page, and holds a long form."""
    found = request.resolver_match
    is_long = getattr(found and found.func, "keeps_what_was_typed", False)
    ours = f"{request.scheme}://{request.get_host()}"
    return is_long and request.method == "POST" and request.headers.get("Origin") == ours


def given_back(request):
    """The page that holds what was sent, and sends it again when its button is pressed."""
    pairs = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    return render(request, "partners/manage/record_kept.html", {"pairs": pairs}, status=403)
