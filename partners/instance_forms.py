"""What a manager writes of an instance and of its dates."""

from django import forms

from partners.models import Instance, InstanceScheme, Listing, Meeting
from partners.scheme_forms.fields import DayField, StructureField, ZoneField
from partners.scheme_forms.parts import RowForm, day_widgets, long_widgets
from partners.vocabulary_forms import WordsForm


class InstanceForm(WordsForm):
    free = ("role", "rhythm_note", "appeal")
    territory = ZoneField(label="territoire")
    secretariat = StructureField(label="secrétariat", help_text="Une structure de l'annuaire.")
    schemes = forms.ModelMultipleChoiceField(
        Listing.objects.none(),
        label="dispositifs dont elle décide",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Instance
        fields = [
            "name", "acronym", "territory", "secretariat", "role", "rhythm", "rhythm_note",
            "file_days", "appeal", "website", "source",
        ]  # fmt: skip
        widgets = long_widgets("role", "appeal")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        known = Listing.objects.filter(kind=Listing.Kind.SCHEME)
        own = list(self.instance.schemes.values_list("pk", flat=True)) if self.instance.pk else []
        listed = known.exclude(status=Listing.Status.ARCHIVED) | known.filter(pk__in=own)
        self.fields["schemes"].queryset = listed.order_by("search_key", "pk")
        self.initial["schemes"] = own
        if self.instance.pk:
            self.initial["territory"] = self.instance.territory
            self.initial["secretariat"] = self.instance.secretariat

    def save(self, commit=True):
        instance = super().save(commit)
        chosen = {listing.pk for listing in self.cleaned_data["schemes"]}
        instance.scheme_links.exclude(scheme__in=chosen).delete()
        known = set(instance.scheme_links.values_list("scheme", flat=True))
        InstanceScheme.objects.bulk_create(
            InstanceScheme(instance=instance, scheme_id=pk) for pk in sorted(chosen - known)
        )
        return instance


class MeetingForm(RowForm):
    class Meta:
        model = Meeting
        fields = ["held_on", "starts_at", "place", "files_until", "is_cancelled"]
        field_classes = {"held_on": DayField, "files_until": DayField}
        widgets = day_widgets("held_on", "files_until") | {
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        }

    def clean(self):
        said = super().clean()
        held, until = said.get("held_on"), said.get("files_until")
        if held and until and until > held:
            self.add_error("files_until", "Cette date vient avant la séance.")
        return said
