"""The list of records as staff look for them: by words, numbers, state, place, what is missing."""

import re

from django import forms
from django.db.models import Prefetch, Q

from partners import phones, words
from partners.models import Listing, ListingSituation, Situation, Territory
from partners.records import naming

Status = Listing.Status
LACKS = [
    ("telephone", "sans téléphone"),
    ("contact", "sans aucun moyen de les joindre"),
    ("zone", "zone à demander"),
    ("situation", "sans situation"),
    ("horaires", "sans horaires"),
]
LACKING = {
    "telephone": Q(phone=""),
    "contact": Q(phone="", email="", website=""),
    "zone": Q(is_zone_unspecified=True) | Q(zone_links=None),
    "situation": Q(is_generalist=False, situation_links=None),
    "horaires": Q(opening_hours=""),
}
ORDERS = {"nom": ("search_key", "pk"), "recentes": ("-updated_at", "pk")}
MOST_WORDS = 8
ANY = [("", "peu importe")]


class FindingForm(forms.Form):
    """What narrows the list. `texte` comes in a body only; the rest are facts (rule R3)."""

    texte = forms.CharField(required=False, max_length=120, label="Nom, sigle, téléphone, SIRET")
    statut = forms.ChoiceField(required=False, choices=ANY + Status.choices, label="État")
    nature = forms.ChoiceField(required=False, choices=ANY + Listing.Kind.choices, label="Nature")
    situation = forms.ModelChoiceField(
        Situation.objects.order_by("order", "pk"),
        required=False,
        to_field_name="slug",
        empty_label="peu importe",
        label="Situation",
    )
    lieu = forms.CharField(required=False, max_length=120, label="Commune, secteur")
    manque = forms.ChoiceField(
        required=False, choices=[("", "peu importe"), *LACKS], label="Ce qui manque"
    )
    tri = forms.ChoiceField(
        required=False,
        choices=[("", "par nom"), ("recentes", "les dernières modifiées")],
        label="Ordre",
    )

    def clean_lieu(self):
        """The territory, by its code or by its name."""
        text = self.cleaned_data["lieu"].strip()
        if not text:
            return None
        if found := naming.zones_by_code([text]):
            return found[text]
        try:
            return naming.zone(text)
        except naming.Unclear as error:
            raise forms.ValidationError(str(error)) from None

    def facts(self):
        """What of a valid form may stand in an address (dict): no word that was typed."""
        said = self.cleaned_data
        known = {name: said[name] for name in ("statut", "nature", "manque", "tri") if said[name]}
        if said["situation"]:
            known["situation"] = said["situation"].slug
        if said["lieu"]:
            known["lieu"] = naming.zone_code(said["lieu"])
        return known

    def listings(self):
        """The records of a valid form, in its order; archived ones when they are asked for."""
        said = self.cleaned_data
        found = Listing.objects.filter(_holding(said["texte"]))
        if said["statut"]:
            found = found.filter(status=said["statut"])
        elif not said["texte"]:
            found = found.exclude(status=Status.ARCHIVED)
        if said["nature"]:
            found = found.filter(kind=said["nature"])
        if said["situation"]:
            links = ListingSituation.objects.filter(situation=said["situation"])
            found = found.filter(pk__in=links.values("listing"))
        if said["lieu"]:
            found = found.filter(_at(said["lieu"]), is_confidential=False)
        if said["manque"]:
            found = found.filter(LACKING[said["manque"]])
        return found.order_by(*ORDERS[said["tri"] or "nom"])


def with_details(listings):
    """What a line of the list shows, in a fixed number of queries."""
    links = ListingSituation.objects.with_situation().order_by("situation__order", "pk")
    return listings.select_related("commune").prefetch_related(
        Prefetch("situation_links", links), "zone_links__territory"
    )


def _holding(text):
    """Each word in the name, the acronym; or a telephone or a SIRET, whole or begun."""
    holds = Q()
    for word in words.fold(text).split()[:MOST_WORDS]:
        holds &= Q(search_key__contains=word) | Q(acronym__icontains=word)
    digits = re.sub(r"\D", "", text) if re.fullmatch(r"[\d\s.+()/-]{3,}", text.strip()) else ""
    if not digits:
        return holds if words.fold(text) or not text.strip() else Q(pk=None)
    return Q(siret__startswith=digits) | Q(phone__in=_numbers(text)) | _ending(digits)


def _ending(digits):
    """The stored form has +33 for the first zero; a short number stands alone."""
    bare = digits.removeprefix("33") if len(digits) > 10 else digits
    bare = bare.removeprefix("0")
    return Q(phone__contains=bare) | Q(professional_phone__contains=bare)


def _numbers(text):
    try:
        return [phones.normalise(text)]
    except phones.PhoneError:
        return []


def _at(territory):
    kind = Territory.Kind
    inside = {
        kind.COMMUNE: Q(commune=territory),
        kind.EPCI: Q(commune__epci=territory),
        kind.DEPARTEMENT: Q(commune__departement=territory),
        kind.REGION: Q(commune__region=territory),
        kind.SECTOR: Q(commune__sectors=territory),
    }
    return inside.get(territory.kind, Q(commune__isnull=False))
