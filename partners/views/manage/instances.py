"""« Instances »: who decides on schemes, at what rhythm, and the dates to come."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Min, Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import instances, permissions
from partners.instance_forms import InstanceForm, MeetingForm
from partners.models import Instance, Meeting
from partners.scheme_forms import rows_of
from partners.views.decorators import permission
from partners.views.manage import writing
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

PAST = timedelta(days=31)
"""How long a date stays in the form once past; then it stays as it is."""
MeetingRows = rows_of(MeetingForm)


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    to_come = Q(meetings__held_on__gte=timezone.localdate(), meetings__is_cancelled=False)
    found = Instance.objects.select_related("territory").annotate(
        next_on=Min("meetings__held_on", filter=to_come),
        scheme_count=Count("schemes", distinct=True),
    )
    return page(request, "instances.html", {"instances": found})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
@transaction.atomic
def write(request, pk=None):
    instance = _locked(request, pk) if pk else Instance()
    is_sent = request.method == "POST"
    form = InstanceForm(request.POST if is_sent else None, instance=instance)
    rows = _rows(request, instance)
    status, context = _objections(request, form, rows) if is_sent else (200, {})
    if status == 0:
        with transaction.atomic():
            form.save()
            for row in rows.forms:
                row.instance.instance = instance  # which has its key only now
            if rows.save() is not None:
                messages.success(request, "Instance enregistrée.")
                return redirect("manage_instances_edit", instance.pk)
            transaction.set_rollback(True)
        status = 422
    return _page(request, form, rows, pk, status, context)


@require_POST
@permission(permissions.can_manage)
@transaction.atomic
def add_dates(request, pk):
    """The dates that follow the last one, at its rhythm: to read over, then to mend."""
    added = instances.add_next(_locked(request, pk))
    if added:
        said = f"{added} dates ajoutées\u00a0: relisez-les, retirez celles des vacances."
        messages.success(request, said)
    else:
        messages.info(request, "Notez un rythme et une première date, puis enregistrez.")
    return redirect("manage_instances_edit", pk)


@require_POST
@permission(permissions.can_manage)
def remove(request, pk):
    instance = Instance.objects.filter(pk=pk).first()
    if instance is None:  # a second click
        messages.info(request, "Cette instance est déjà retirée.")
    else:
        instance.delete()
        messages.success(request, f"«\u00a0{instance}\u00a0» est retirée, avec ses dates.")
    return redirect("manage_instances")


def _locked(request, pk):
    found = Instance.objects.select_related("territory", "secretariat")
    if request.method == "POST":
        found = found.select_for_update(of=("self",))
    return get_object_or_404(found, pk=pk)


def _rows(request, instance):
    since = timezone.localdate() - PAST
    known = Meeting.objects.none()
    if instance.pk:
        known = instance.meetings.from_day(since).select_related("instance")
    return MeetingRows(
        request.POST if request.method == "POST" else None,
        prefix="seances",
        known=list(known),
        make=lambda: Meeting(instance=instance),
    )


def _objections(request, form, rows):
    """(status, context) of what is not to be saved yet, (0, {}) of the rest."""
    are_valid = rows.is_valid()
    said = writing.objections(request, form)
    if not are_valid:
        return 422, {}
    if said:
        return said
    if rows.known and request.POST.get("version_rows") != rows.version:
        return 409, {"theirs": [("séances", ", ".join(map(str, rows.known.values())))]}
    return 0, {}


def _page(request, form, rows, pk, status, context):
    is_seen = status == 409
    context |= {
        "form": form,
        "rows": rows,
        "pk": pk,
        "name": form.initial.get("name", ""),
        "version": writing.version(request, form, is_seen=is_seen) if pk else "",
        "version_rows": rows.version if is_seen else request.POST.get("version_rows", rows.version),
    }
    return page(request, "instance.html", context, status=status)
