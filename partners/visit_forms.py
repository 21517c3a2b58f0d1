"""What a visit asks for: a sector and situations."""

from django import forms
from django.db.models import Q

from partners import handbook
from partners.forms import sector_of
from partners.models import Territory
from partners.places import home_departement

MOST_ASKED = 60
TOO_MANY = f"{MOST_ASKED} situations au plus\u00a0: n'en choisissez aucune pour les avoir toutes."
UNKNOWN = "Ce secteur n'existe pas, ou plus. Choisissez-le dans la liste."
TOO_WIDE = (
    "Ce territoire est trop grand pour un téléphone. "
    "Choisissez une agence, une intercommunalité ou le département."
)
NO_SECTOR = "Aucun secteur n'est connu pour votre compte\u00a0: choisissez-en un."


class SectorField(forms.ModelChoiceField):
    """The landlord's sectors, the EPCI of its département, and the département itself."""

    def __init__(self, **options):
        super().__init__(Territory.objects.none(), to_field_name="code", **options)

    def to_python(self, value):
        """A territory that exists and is too wide says so."""
        try:
            return super().to_python(value)
        except forms.ValidationError:
            wide = (Territory.Kind.COUNTRY, Territory.Kind.REGION)
            if Territory.objects.filter(kind__in=wide, code=str(value)[:32]).exists():
                raise forms.ValidationError(TOO_WIDE, code="wide") from None
            raise forms.ValidationError(UNKNOWN, code="unknown") from None


class VisitSituationsField(forms.Field):
    """Slugs as repeated parameters, to situations in their order; None for all."""

    widget = forms.SelectMultiple

    def clean(self, value):
        slugs = list(dict.fromkeys(value or []))
        if not slugs:
            return None
        if len(slugs) > MOST_ASKED:
            raise forms.ValidationError(TOO_MANY, code="many")
        found = handbook.situations(slugs)
        if unknown := [slug for slug in slugs if slug not in found]:
            raise forms.ValidationError(
                "La situation «\u00a0%(slug)s\u00a0» n'existe pas ou plus. "
                "Choisissez-la dans la liste.",
                code="unknown",
                params={"slug": unknown[0][:40]},
            )
        return list(dict.fromkeys(found.values()))


class VisitForm(forms.Form):
    """`sector` and `situations` of a valid form: what `visit.pack_of` takes."""

    secteur = SectorField(required=False, empty_label=None)
    situation = VisitSituationsField(required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.fields["secteur"].queryset = sectors()

    def clean_secteur(self):
        sector = self.cleaned_data["secteur"] or sector_of(self.user)
        if sector is None:
            raise forms.ValidationError(NO_SECTOR, code="unknown")
        return sector

    @property
    def sector(self):
        return self.cleaned_data["secteur"]

    @property
    def situations(self):
        return self.cleaned_data["situation"]

    @property
    def is_badly_written(self):
        """Rather than asking for what does not exist."""
        codes = {error.code for errors in self.errors.as_data().values() for error in errors}
        return bool(codes & {"many", "wide"})


def sectors():
    """The territories (queryset) that a visit may be prepared for, the landlord's own first."""
    home, kinds = home_departement(), Territory.Kind
    inside = Q(kind=kinds.EPCI, departement=home) | Q(pk=home.pk) if home else Q()
    rows = Territory.objects.filter(Q(kind=kinds.SECTOR, agency__isnull=False) | inside)
    return rows.order_by("-kind", "search_key", "pk")
