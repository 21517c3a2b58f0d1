"""What a manager writes of an agency, its sector and its referents, and of neighbouring EPCI."""

from django import forms
from django.utils.functional import cached_property

from partners import agencies, phones, words
from partners.imports.errors import quote
from partners.imports.writing import zone_code
from partners.models import Agency, InternalReferent, Neighbour, Subject, Territory
from partners.records import naming, week, zones
from partners.records.form import RepeatedField
from partners.vocabulary_forms import WordsForm, free_slug

REFERENT = {"name": "nom ou fonction", "phone": "téléphone", "email": "courriel"}
MOST_NAMED = 5
HELD = "Elles quitteront l'autre agence"


class PhoneField(forms.CharField):
    """A number as it is typed to its stored form; shown as it is said."""

    def __init__(self, **options):
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})
        super().__init__(max_length=40, required=False, widget=widget, **options)

    def prepare_value(self, value):
        return phones.display(value) if value else value

    def clean(self, value):
        try:
            return phones.normalise(super().clean(value))
        except phones.PhoneError as error:
            raise forms.ValidationError(str(error)) from None

    def has_changed(self, initial, data):
        try:
            return phones.normalise(data or "") != (initial or "")
        except phones.PhoneError:
            return True


class NamesField(RepeatedField):
    """Names to add to what is already chosen."""

    def has_changed(self, initial, data):
        return bool(self.clean(data))


class AgencyForm(WordsForm):
    """The four referents stand beside the agency, one a subject; an empty name is nobody."""

    free = ("address",)
    phone = PhoneField(label="téléphone")
    commune = forms.CharField(
        label="commune", max_length=120, required=False, help_text="Son nom, ou son code postal."
    )
    zones = RepeatedField(required=False, label="Territoires du secteur")
    zone_ajout = NamesField(required=False, label="Ajouter un territoire")
    prendre = forms.BooleanField(label=HELD, required=False)

    class Meta:
        model = Agency
        fields = ["name", "phone", "email", "address"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        agency = self.instance
        self.fields |= week.fields(agency.opening_hours)
        self.initial |= week.initial(agency.opening_hours)
        for subject in Subject:
            for name, label in REFERENT.items():
                self.fields[f"{subject.value}-{name}"] = _referent_field(name, label)
        if agency.pk:
            self.initial |= self._known()

    def referents(self):
        """[(subject, its three fields)] for the page."""
        return [
            (subject.label, [self[f"{subject.value}-{name}"] for name in REFERENT])
            for subject in Subject
        ]

    def shown_zones(self):
        """The territories that the form keeps."""
        return zones.shown(RepeatedField().clean(self["zones"].value()))

    def zone_names(self):
        """What was typed to add territories, an empty one when nothing was."""
        return list(filter(None, self["zone_ajout"].value() or [])) or [""]

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not words.fold(name):
            raise forms.ValidationError("Donnez un nom avec des lettres.")
        others = Agency.objects.exclude(pk=self.instance.pk).values_list("name", flat=True)
        if words.fold(name) in map(words.fold, others):
            raise forms.ValidationError(f"{quote(name)} existe déjà.")
        return name

    def clean_commune(self):
        text = self.cleaned_data["commune"].strip()
        return _found(naming.commune, text) if text else None

    def clean_zones(self):
        return _within_reach(zones.of_codes(self.cleaned_data["zones"]))

    def clean_zone_ajout(self):
        typed = [
            part.strip() for text in self.cleaned_data["zone_ajout"] for part in text.split(";")
        ]
        return _within_reach([_found(naming.zone, text) for text in typed if text])

    def clean(self):
        facts = super().clean()
        osm, faults = week.written(facts, self.instance.opening_hours)
        for name, message in faults.items():
            self.add_error(name, message)
        facts["opening_hours"] = osm
        for subject in Subject:
            self._check_referent(facts, subject.value)
        if not {"zones", "zone_ajout"} & self.errors.keys():
            self._check_sector(facts)
        return facts

    @cached_property
    def sector_communes(self):
        """The communes of the form once cleaned, those added included."""
        chosen = [*self.cleaned_data["zones"], *self.cleaned_data["zone_ajout"]]
        return list(agencies.communes_of(chosen).order_by("search_key", "pk"))

    def _check_sector(self, facts):
        if not self.sector_communes:
            self.add_error(
                "zone_ajout", "Donnez au moins une commune\u00a0: c'est le secteur de l'agence."
            )
            return
        sector = self.instance.sector if self.instance.pk else None
        held = agencies.held_elsewhere(self.sector_communes, but=sector)
        if held and not facts["prendre"]:
            names = ", ".join(f"{commune} ({agency})" for commune, agency in held[:MOST_NAMED])
            more = f" et {len(held) - MOST_NAMED} autres" if len(held) > MOST_NAMED else ""
            self.add_error(
                "prendre",
                f"Déjà dans un autre secteur\u00a0: {names}{more}. Cochez pour les prendre.",
            )

    def _check_referent(self, facts, subject):
        if not facts.get(f"{subject}-name") and (
            facts.get(f"{subject}-phone") or facts.get(f"{subject}-email")
        ):
            self.add_error(f"{subject}-name", "Dites qui répond\u00a0: un nom, ou une fonction.")

    def _known(self):
        agency = self.instance
        sector = zones.of_agency(agency)
        known = {
            "commune": naming.commune_label(agency.commune) if agency.commune_id else "",
            "zones": [zone_code(territory) for territory in sector],
        }
        for referent in agency.referents.all():
            known |= {f"{referent.subject}-{name}": getattr(referent, name) for name in REFERENT}
        return known

    def save(self, commit=True):
        agency, facts = self.instance, self.cleaned_data
        agency.opening_hours, agency.commune = facts["opening_hours"], facts["commune"]
        if not agency.pk:
            agency.slug = free_slug(Agency.objects, agency.name)
            agency.sector = _new_sector(agency, self.sector_communes)
        agency = super().save(commit)
        agencies.set_communes(agency.sector, self.sector_communes)
        for subject in Subject.values:
            _write_referent(agency, subject, {n: facts[f"{subject}-{n}"] for n in REFERENT})
        return agency


def _referent_field(name, label):
    if name == "phone":
        return PhoneField(label=label)
    kind = forms.EmailField if name == "email" else forms.CharField
    most = InternalReferent._meta.get_field(name).max_length
    return kind(label=label, max_length=most, required=False)


def _write_referent(agency, subject, values):
    if not values["name"]:
        agency.referents.filter(subject=subject).delete()
        return
    known = agency.referents.filter(subject=subject).first()
    referent = known or InternalReferent(agency=agency, subject=subject)
    if known and all(getattr(known, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(referent, name, value)
    referent.save()


def _new_sector(agency, communes):
    first = communes[0]
    return Territory.objects.create(
        kind=Territory.Kind.SECTOR,
        code=free_code(agency.slug),
        name=f"Secteur de {agency.name}"[:120],
        departement_id=first.departement_id,
        region_id=first.region_id,
    )


def free_code(slug):
    """A code (32 characters at most) that no sector has."""
    base = slug[:28].strip("-")
    sectors = Territory.objects.filter(kind=Territory.Kind.SECTOR, code__startswith=base)
    taken = set(sectors.values_list("code", flat=True))
    names = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _within_reach(territories):
    for territory in territories:
        if territory.kind in zones.WITHOUT_END:
            raise forms.ValidationError(f"{quote(territory.zone_label)} est trop grand.")
    return territories


def _found(find, text):
    try:
        return find(text)
    except naming.Unclear as error:
        raise forms.ValidationError(str(error)) from None


class CloseForm(forms.Form):
    into = forms.ModelChoiceField(
        None, label="Rattacher ses comptes à", required=False, empty_label="Aucune agence"
    )

    def __init__(self, *args, agency, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Agency.objects.exclude(pk=agency.pk).order_by("name", "pk")


class NeighbourForm(forms.Form):
    """Two EPCI that are neighbours: a boundary, a bridge, or because the manager says so."""

    one = forms.CharField(label="Intercommunalité", max_length=160)
    other = forms.CharField(label="et", max_length=160)
    link = forms.ChoiceField(label="Pourquoi", choices=Neighbour.Link, initial="pont")

    def clean_one(self):
        return self._epci("one")

    def clean_other(self):
        found = self._epci("other")
        if found == self.cleaned_data.get("one"):
            raise forms.ValidationError("C'est la même.")
        return found

    def _epci(self, name):
        found = _found(naming.zone, self.cleaned_data[name])
        if found.kind != Territory.Kind.EPCI:
            raise forms.ValidationError(f"{quote(found.name)} n'est pas une intercommunalité.")
        return found
