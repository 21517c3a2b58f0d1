"""The call guide of a situation with the words of one agency, beside those of all."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partners import permissions
from partners.models import Agency, AgencyCallGuide, CallGuide, Situation
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page
from partners.views.manage.writing import has_changed, objections, version
from partners.vocabulary_forms import AgencyGuideForm

BACK = "L'agence n'a plus de mots à elle\u00a0: le guide commun vaut pour elle."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def write(request, pk, agency):
    """What an agency says otherwise of a situation; all fields empty, the guide of all is back."""
    situation = get_object_or_404(Situation, pk=pk)
    agency = get_object_or_404(Agency, pk=agency)
    if request.method != "POST":
        return _page(request, AgencyGuideForm(instance=_guide(situation, agency)))
    with transaction.atomic():
        form = AgencyGuideForm(
            request.POST,
            instance=_guide(situation, agency, AgencyCallGuide.objects.select_for_update()),
        )
        if refusal := objections(request, form):
            status, context = refusal
            return _page(request, form, status=status, **context)
        messages.success(request, _saved(form))
    return redirect("manage_vocabulary_situation", pk)


def _guide(situation, agency, rows=AgencyCallGuide.objects):
    found = rows.filter(situation=situation, agency=agency).first()
    return found or AgencyCallGuide(situation=situation, agency=agency)


def _saved(form):
    """What became of it (str)."""
    guide = form.instance
    if form.is_empty():
        if guide.pk:
            guide.delete()
        return BACK
    if not has_changed(form):
        return "Rien n'a changé."
    form.save()
    return f"Le guide de l'agence «\u00a0{guide.agency}\u00a0» est enregistré."


def _page(request, form, *, status=200, theirs=(), is_doubtful=False):
    guide = form.instance
    common = CallGuide.objects.filter(pk=guide.situation_id).first() or CallGuide()
    context = {
        "form": form,
        "situation": guide.situation,
        "agency": guide.agency,
        "rows": [(form[name], getattr(common, name)) for name in form.fields if name in SAID],
        "version": version(request, form, is_seen=bool(theirs)) if guide.pk else "",
        "theirs": theirs,
        "is_doubtful": is_doubtful,
        "address": request.path,
    }
    return page(request, "call_guide.html", context, status=status)


SAID = set(AgencyGuideForm.Meta.fields)
