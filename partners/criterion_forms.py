"""What a manager writes of the criteria of a scheme: a group, its rows, all checked together."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, inlineformset_factory

from partners import privacy
from partners.criteria import pure_group
from partners.eligibility import Scheme, checks
from partners.eligibility.kinds import SUBJECTS
from partners.forms import MessageForm, name_blanks
from partners.models import Criterion, CriterionGroup, Listing
from partners.records import naming
from partners.scheme_forms.fields import NumberField
from partners.scheme_forms.rows import TOLD

MOST_ROWS = 30
KINDS_OF = {
    value: " ".join(kind.value for kind, s in SUBJECTS.items() if value in s.values)
    for subject in SUBJECTS.values()
    for value in subject.values
}
LAST = 32767
FREE = ("label", "question", "help_text", "redirect_text", "source")
SELF = "Un dispositif ne renvoie pas à lui-même."
ARCHIVED = "«\u00a0{}\u00a0» est archivée\u00a0: choisissez une autre fiche, ou écrivez un texte."


class GroupForm(MessageForm):
    class Meta:
        model = CriterionGroup
        fields = ["title", "rule", "least"]

    def suspicions(self):
        return privacy.suspicions(self.cleaned_data.get("title", ""))


class ValuesWidget(forms.CheckboxSelectMultiple):
    """Each answer says of which kinds it is, for the script that shows those of the kind chosen."""

    def create_option(self, name, value, label, *args, **kwargs):
        option = super().create_option(name, value, label, *args, **kwargs)
        option["attrs"]["data-kinds"] = KINDS_OF.get(str(value), "")
        return option


class CriterionForm(forms.ModelForm):
    """`redirect` and `territory` are typed by their names."""

    values = forms.MultipleChoiceField(
        choices=Criterion._meta.get_field("values").base_field.choices,
        widget=ValuesWidget,
        required=False,
        label="réponses qui conviennent",
    )
    territory = forms.CharField(required=False, max_length=120, label="territoire")
    redirect = forms.CharField(
        required=False,
        max_length=260,
        label="sinon, voir plutôt cette fiche",
        help_text="Son nom, tel qu'il est dans l'annuaire.",
    )

    class Meta:
        model = Criterion
        fields = [
            "order", "kind", "label", "question", "help_text", "assessor", "strength", "minimum",
            "is_minimum_included", "maximum", "is_maximum_included", "first_day", "last_day",
            "first_stage", "last_stage", "values", "territory", "redirect", "redirect_text",
            "source",
        ]  # fmt: skip
        localized_fields = ["minimum", "maximum"]
        field_classes = dict.fromkeys(localized_fields, NumberField)
        widgets = {
            "help_text": forms.Textarea(attrs={"rows": 2, "maxlength": 600}),
            "first_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "last_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_blanks(self, "peu importe")
        row = self.instance
        self.initial["redirect"] = naming.structure_label(row.redirect) if row.redirect else ""
        self.initial["territory"] = naming.zone_label(row.territory) if row.territory else ""
        for name in self.Meta.localized_fields:
            self.initial[name] = plain(getattr(row, name))
        self.initial["order"] = row.order + 1 if row.pk else None
        self.fields["order"].required = False
        self.fields["order"].label = "sa place dans la liste"
        self.fields["order"].help_text = "Vide\u00a0: à la fin."

    def clean_order(self):
        place = self.cleaned_data["order"]
        return LAST if place is None else place

    def clean_territory(self):
        return self._named("territory", naming.zone)

    def clean_redirect(self):
        found = self._named("redirect", naming.record)
        was = self.instance.redirect_id
        if found and found.status == Listing.Status.ARCHIVED and found.pk != was:
            raise ValidationError(ARCHIVED.format(found.name))
        return found

    def free_texts(self):
        return [self.cleaned_data.get(name) or "" for name in FREE]

    def _named(self, name, find):
        text = self.cleaned_data[name].strip()
        try:
            return find(text) if text else None
        except naming.Unclear as error:
            raise ValidationError(str(error)) from None


def plain(number):
    """75 rather than 75.00, of a decimal or None."""
    return int(number) if number is not None and number == int(number) else number


class Rows(BaseInlineFormSet):
    """The criteria of a group; a row left blank is none."""

    default_error_messages = TOLD

    @property
    def kept(self):
        """The forms of the rows to keep, in the order that their places ask for."""
        forms_ = [form for form in self.forms if form.has_changed() or form.instance.pk]
        forms_ = [form for form in forms_ if not self._should_delete_form(form)]
        return sorted(forms_, key=lambda form: form.cleaned_data.get("order", 0))

    def suspicions(self):
        texts = (text for form in self.kept for text in form.free_texts())
        return [said for text in texts for said in privacy.suspicions(text)]


CriterionRows = inlineformset_factory(
    CriterionGroup,
    Criterion,
    form=CriterionForm,
    formset=Rows,
    extra=1,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
    validate_max=True,
    can_delete=True,
)


class GroupEditor:
    """The form of a group and its rows, sent together, beside the other groups of the scheme.

    `others`: those groups, each with its criteria in `rows`.
    """

    def __init__(self, group, others, data=None):
        self.group, self.others = group, others
        self.form = GroupForm(data, instance=group)
        self.rows = CriterionRows(data, instance=group, prefix="criteres")

    def is_valid(self):
        parts = [self.form.is_valid(), self.rows.is_valid()]
        if all(parts):
            self._check_together()
        return not (self.form.errors or self.rows.total_error_count())

    def needs_confirmation(self):
        is_doubtful = bool(self.form.suspicions() or self.rows.suspicions())
        return is_doubtful and not self.form.cleaned_data["confirme"]

    def made(self):
        """All the groups of the scheme as they would be, each with its criteria in `rows`."""
        self.group.rows = [form.instance for form in self.rows.kept]
        groups = [self.group, *self.others]
        return sorted(groups, key=lambda group: (group.order, group.pk or 10**9))

    def save(self):
        """Write the group and its rows; their places are numbered again.

        A row whose key is no row of the group any more, or never was, is written as a new one.
        """
        kept = self.rows.kept
        self.form.save()
        self.rows.save()
        for place, form in enumerate(kept):
            row = form.instance
            if row.pk is None or row.order != place:
                row.group, row.order = self.group, place
                row.save()

    def _check_together(self):
        groups = self.made()
        here = groups.index(self.group)
        pure = tuple(pure_group(group, group.rows) for group in groups)
        for fault in checks.faults(Scheme(self.group.scheme_id, "", pure)):
            if fault.group != here:
                self.form.add_error(None, _elsewhere(groups, fault))
            elif fault.criterion is not None:
                self.rows.kept[fault.criterion].add_error("label", fault.message)
            elif fault.field == checks.LEAST:
                self.form.add_error("least", fault.message)
            else:
                self.form.add_error(None, fault.message)


def _elsewhere(groups, fault):
    group = groups[fault.group]
    row = "" if fault.criterion is None else f", «\u00a0{group.rows[fault.criterion]}\u00a0»"
    return f"Groupe «\u00a0{group}\u00a0»{row}\u00a0: {fault.message}"
