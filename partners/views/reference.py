"""The lists one reads: situations, numbers, acronyms."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import permissions, review
from partners.models import GlossaryTerm, Helpline, Situation


@require_safe
@never_cache
def situations(request):
    return render(
        request,
        "partners/situations.html",
        {"situations": Situation.objects.with_words().order_by("order")},
    )


@require_safe
@never_cache
def helplines(request):
    context = {
        "helplines": review.with_last_check(Helpline.objects.active()).order_by("order", "pk"),
        "can_manage": permissions.can_manage(request.user),
    }
    return render(request, "partners/helplines.html", context)


@require_safe
def glossary(request):
    return render(
        request, "partners/glossary.html", {"terms": GlossaryTerm.objects.order_by("acronym")}
    )
