"""The rows around a record in the Django admin: what IT may change, and what it only reads."""

from django.contrib import admin

from partners import models


class RowsInline(admin.TabularInline):
    """Rows of a record; `named` are the relations that they show or are called by."""

    extra = 0
    named = ["listing"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.named)


class PermanenceInline(RowsInline):
    model = models.Permanence
    autocomplete_fields = ["commune"]
    named = ["listing", "commune"]


class ListingSituationInline(RowsInline):
    model = models.ListingSituation
    autocomplete_fields = ["situation"]
    named = ["listing", "situation"]


class CoverageZoneInline(RowsInline):
    model = models.CoverageZone
    autocomplete_fields = ["territory"]
    named = ["listing", "territory"]


class ContactInline(RowsInline):
    model = models.Contact


class VerificationInline(RowsInline):
    model = models.Verification
    fields = ["scope", "method", "checked_on", "checked_by"]
    autocomplete_fields = ["checked_by"]
    named = ["listing", "helpline", "checked_by"]


class FormerCommuneInline(RowsInline):
    """The former communes of one of today: where each is may be corrected, the rest is INSEE's."""

    model = models.TerritoryAlias
    named = ["territory"]
    fields = ["name", "kind", "code", "latitude", "longitude"]
    readonly_fields = ["name", "kind", "code"]
    can_delete = False

    def has_add_permission(self, request, obj):
        return False


class AroundInline(RowsInline):
    """What stands around a record, to read: the workspace writes it, rank by rank."""

    can_delete = False

    def has_add_permission(self, request, obj):
        """Not even an empty row: its lists would be of every record and territory."""
        return False

    def has_change_permission(self, request, obj=None):
        return False


class CriterionGroupInline(AroundInline):
    model = models.CriterionGroup
    named = ["scheme"]
    fields = readonly_fields = ["rule", "least", "sentence"]

    @admin.display(description="critères")
    def sentence(self, group):
        return group.sentence

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("criteria__territory")


class EntryPointInline(AroundInline):
    model = models.EntryPoint
    fk_name = "scheme"
    fields = ["territory", "structure", "label", "phone", "email", "note"]
    named = ["scheme", "territory", "structure"]


class PaperInline(AroundInline):
    model = models.Paper
    fields = ["name", "note", "is_required"]


class StepInline(AroundInline):
    model = models.Step
    fields = ["title", "actor", "aim", "delay", "place", "document"]
    named = ["scheme", "document"]


class DocumentInline(AroundInline):
    model = models.Document
    fields = ["title", "kind", "audience", "version", "dated_on", "url", "file_name"]


class AlternativeInline(AroundInline):
    model = models.Alternative
    fk_name = "scheme"
    fields = ["other", "reason"]
    named = ["scheme", "other"]


class CeilingInline(AroundInline):
    model = models.Ceiling
    named = ["scheme"]
    fields = ["label", "amounts", "extra_person", "valid_from", "valid_until", "source"]


class WayThereInline(AroundInline):
    model = models.WayThere
    fields = ["without_car"]


AROUND = [WayThereInline, PaperInline, DocumentInline]
AROUND_SCHEMES = [
    CriterionGroupInline,
    EntryPointInline,
    StepInline,
    AlternativeInline,
    CeilingInline,
]
