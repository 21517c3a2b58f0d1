"""The Django admin: a tool for IT, not the manager's workspace."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.template.response import TemplateResponse
from django.utils import timezone

from partners import models, permissions, privacy
from partners.admin_rows import (
    AROUND,
    AROUND_SCHEMES,
    ContactInline,
    CoverageZoneInline,
    FormerCommuneInline,
    ListingSituationInline,
    PermanenceInline,
    VerificationInline,
)
from partners.models import derived
from partners.models.fields import NO_TENANT

admin.site.site_header = admin.site.site_title = "Administration de la cartographie"


class RecordAdmin(admin.ModelAdmin):
    """Warns, and never blocks, when a free text seems to name somebody (rule R2)."""

    list_per_page = 50

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        free = [f.name for f in obj._meta.get_fields() if getattr(f, "help_text", "") == NO_TENANT]
        for found in privacy.suspicions("\n".join(getattr(obj, name) for name in free)):
            messages.warning(request, f"Ligne suspecte\u00a0: {found}. {NO_TENANT}")


@admin.register(models.Territory)
class TerritoryAdmin(RecordAdmin):
    list_display = ["name", "kind", "code", "departement", "epci", "is_island"]
    list_filter = ["kind", "is_island"]
    list_select_related = ["departement", "epci"]
    search_fields = ["search_key", "code"]
    autocomplete_fields = ["epci", "departement", "region"]
    inlines = [FormerCommuneInline]


@admin.register(models.Neighbour)
class NeighbourAdmin(RecordAdmin):
    list_display = ["territory", "other", "link"]
    list_filter = ["link"]
    list_select_related = ["territory", "other"]
    autocomplete_fields = ["territory", "other"]


@admin.register(models.Listing)
class ListingAdmin(RecordAdmin):
    list_display = ["name", "kind", "structure_type", "commune", "status", "to_complete", "source"]
    list_filter = ["status", "kind", "structure_type", "is_generalist", "source"]
    list_select_related = ["commune"]
    search_fields = ["search_key", "acronym", "siret", "source_id"]
    autocomplete_fields = ["commune", "parent"]
    inlines = [
        ListingSituationInline,
        CoverageZoneInline,
        PermanenceInline,
        ContactInline,
        VerificationInline,
    ]

    def get_inlines(self, request, obj):
        if obj is None:
            return self.inlines
        is_scheme = obj.kind == models.Listing.Kind.SCHEME
        return [*self.inlines, *AROUND, *(AROUND_SCHEMES if is_scheme else [])]

    @admin.display(boolean=True, description="à compléter")
    def to_complete(self, listing):
        return listing.is_to_complete

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        derived.refresh(models.Listing.objects.filter(pk=form.instance.pk))


class ReferentInline(admin.TabularInline):
    model = models.InternalReferent
    extra = 0


@admin.register(models.Agency)
class AgencyAdmin(RecordAdmin):
    list_display = ["name", "phone", "commune"]
    list_select_related = ["commune"]
    search_fields = ["name"]
    autocomplete_fields = ["commune", "sector"]
    inlines = [ReferentInline]


class SituationHelplineInline(admin.TabularInline):
    model = models.SituationHelpline
    extra = 0


@admin.register(models.Situation)
class SituationAdmin(RecordAdmin):
    list_display = ["label", "order", "is_home_tile", "is_danger", "internal_subject"]
    search_fields = ["label"]
    inlines = [SituationHelplineInline]


class DangerSignHelplineInline(admin.TabularInline):
    model = models.DangerSignHelpline
    extra = 0


@admin.register(models.DangerSign)
class DangerSignAdmin(RecordAdmin):
    list_display = ["label", "message"]
    inlines = [DangerSignHelplineInline]


@admin.register(models.Helpline)
class HelplineAdmin(RecordAdmin):
    list_display = ["name", "number", "kind", "status", "zone"]
    list_filter = ["kind", "status"]
    list_select_related = ["zone"]
    search_fields = ["name", "number"]
    autocomplete_fields = ["zone", "replaced_by"]
    inlines = [VerificationInline]


@admin.register(models.GlossaryTerm)
class GlossaryTermAdmin(RecordAdmin):
    list_display = ["acronym", "expansion", "category"]
    search_fields = ["acronym", "expansion"]


@admin.register(models.Report)
class ReportAdmin(RecordAdmin):
    list_display = ["created_at", "kind", "listing", "territory", "status"]
    list_filter = ["status", "kind"]
    list_select_related = ["listing", "territory"]
    autocomplete_fields = ["listing", "territory", "created_by"]
    readonly_fields = ["status", "taken_by", "closed_at", "is_answer_seen"]


@admin.register(models.Folder)
class FolderAdmin(RecordAdmin):
    """To take out a name that should not have been written."""

    list_display = ["name", "owner", "shared_with"]
    list_filter = ["shared_with"]
    list_select_related = ["owner", "shared_with"]
    fields = ["name", "owner", "shared_with"]
    autocomplete_fields = ["owner", "shared_with"]
    search_fields = ["search_key"]


class TokenForm(forms.ModelForm):
    """The scopes as boxes to tick, one at least."""

    scopes = forms.MultipleChoiceField(
        label="portées", choices=models.ApiToken.Scope, widget=forms.CheckboxSelectMultiple
    )


@admin.register(models.ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Made here, its secret shown once, and revoked here; never deleted, so always known."""

    form = TokenForm
    fields = ["name", "user", "scopes", "expires_on"]
    autocomplete_fields = ["user"]
    list_display = [
        "name",
        "start",
        "user",
        "scope_list",
        "expires_on",
        "last_used_on",
        "revoked_at",
    ]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["name", "user__email"]
    actions = ["revoke"]

    def has_module_permission(self, request):
        return permissions.can_administer(request.user)

    def has_view_permission(self, request, obj=None):
        return permissions.can_administer(request.user)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["user", "start", "created_at", "last_used_on", "revoked_at"] if obj else []

    def get_fields(self, request, obj=None):
        kept = [] if obj is None else ["start", "created_at", "last_used_on", "revoked_at"]
        return [*self.fields, *kept]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.secret = obj.renew_secret()
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """The secret is in this answer alone: no address, message or session holds it."""
        context = self.admin_site.each_context(request) | {"token": obj, "title": "Jeton créé"}
        response = TemplateResponse(request, "partners/token_created.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.display(description="portées")
    def scope_list(self, token):
        return ", ".join(token.scopes)

    @admin.action(description="Révoquer les jetons choisis")
    def revoke(self, request, tokens):
        count = tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"Jetons révoqués\u00a0: {count}. Ils n'ouvrent plus rien.")


PASSWORDS = ["usable_password", "password1", "password2"]


class AccountCreationForm(AdminUserCreationForm):
    class Meta:
        model = models.User
        fields = ["email", "role", "agency"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.instance.is_demo = settings.DEMO


class AccountChangeForm(UserChangeForm):
    class Meta:
        model = models.User
        fields = "__all__"


@admin.register(models.User)
class AccountAdmin(UserAdmin):
    form, add_form = AccountChangeForm, AccountCreationForm
    filter_horizontal = []
    list_display = ["email", "role", "agency", "is_active"]
    list_filter = ["role", "is_active"]
    ordering = ["email"]
    search_fields = ["email", "last_name"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Personne", {"fields": ["first_name", "last_name", "role", "agency"]}),
        ("Droits", {"fields": ["is_active", "is_demo", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"classes": ["wide"], "fields": ["email", "role", "agency", "password1", "password2"]},
        )
    ]


@admin.register(models.Proposal)
class ProposalAdmin(admin.ModelAdmin):
    """To look at: what is proposed is decided on the record's page."""

    list_display = ["listing", "fact", "source", "proposed_on", "status"]
    list_filter = ["status", "source", "fact"]
    list_select_related = ["listing"]
    readonly_fields = ["listing", "fact", "cells", "source", "proposed_on"]

    def has_add_permission(self, request):
        return False


@admin.register(models.SourceRecord)
class SourceRecordAdmin(admin.ModelAdmin):
    """To look at: the import keeps it."""

    list_display = ["identifier", "kind", "source", "licence", "listing", "is_creator", "gone_on"]
    list_filter = ["kind", "is_creator", "source"]
    list_select_related = ["listing"]
    search_fields = ["identifier"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
