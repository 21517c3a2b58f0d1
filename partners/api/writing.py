"""What a tool writes: a record, a report. All of it or nothing, with the rules of the pages."""

from django.core.exceptions import ValidationError as Invalid
from django.db import IntegrityError, transaction
from rest_framework.exceptions import PermissionDenied, ValidationError

from partners import places, privacy, reports, words
from partners.api import fiches, links
from partners.api.fields import FREE_NAMES, NAMES, PLACE_NAMES, UNTOLD
from partners.api.problems import Conflict
from partners.api.query import refuse_unknown
from partners.api.serializers import (
    PEOPLE,
    STATUSES,
    FicheSerializer,
    NewFicheSerializer,
    ReportSerializer,
)
from partners.imports import status as gate
from partners.models import Listing, Verification, derived

PEOPLE_REFUSED = (
    "Les contacts nommés et la ligne des professionnels demandent la portée «\u00a0contacts\u00a0»."
)
READ_ONLY = "Ce champ se lit seulement."
BY_HAND = "Une fiche se suspend, s'archive ou reprend à la main, pas par l'API."
HIDDEN = "Une adresse confidentielle ne s'écrit pas par l'API\u00a0: ni lieu, ni SIRET, ni site."
LIFTED = "La confidentialité d'une adresse se lève à la main, pas par l'API."
POINT = "La latitude et la longitude vont ensemble."
TAKEN = "Une fiche a déjà cet identifiant dans cette source\u00a0: changez-la plutôt (PATCH)."


@transaction.atomic
def create(request):
    """(listing, warnings) of a new record, a draft unless it says otherwise."""
    listing = Listing(status=Listing.Status.DRAFT)
    return _save(listing, request, is_new=True)


@transaction.atomic
def change(listing, request):
    """(listing, warnings) of a record whose given fields change."""
    return _save(listing, request, is_new=False)


def report(listing, request):
    """The data of a report that was just made; what looks like a name warns (rule R2)."""
    _check_names(ReportSerializer(), request.data)
    serializer = ReportSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    made = reports.file(listing, by=request.user, **serializer.validated_data)
    data = {"type": made.kind, "message": made.message or None, "id": made.pk}
    return data | {"avertissements": privacy.suspicions(made.message)}


def _save(listing, request, *, is_new):
    serializer = _serializer(listing, request, is_new=is_new)
    facts = _told(listing, dict(serializer.validated_data))
    found = links.find({name: facts.pop(name) for name in links.NAMES if name in facts}, listing)
    _check_secrecy(listing, facts, found)
    _check_status(listing, facts.get("status"))
    number = listing.phone
    for name, value in (facts | found.facts).items():
        setattr(listing, name, value)
    _check_publishable(listing, found)
    _check_record(listing)
    _store(listing)
    links.write(found, listing)
    if listing.phone != number:
        Verification.objects.forget_numbers([listing.pk])
    derived.refresh(Listing.objects.filter(pk=listing.pk))
    fresh = fiches.with_relations(Listing.objects.all(), request)
    return fresh.get(pk=listing.pk), _warnings(serializer)


def _serializer(listing, request, *, is_new):
    """A valid serializer of the body. Raises what refuses it."""
    context = {"request": request, "departement": _departement(listing, request.data)}
    kind = NewFicheSerializer if is_new else FicheSerializer
    serializer = kind(data=request.data, context=context)
    _check_names(serializer, request.data)
    serializer.is_valid(raise_exception=True)
    if not fiches.sees_people(request) and set(PEOPLE).intersection(request.data):
        raise PermissionDenied(PEOPLE_REFUSED)
    return serializer


def _check_names(serializer, body):
    """Raises `ValidationError` for unknown members, and for those that are only read."""
    if not isinstance(body, dict):
        return
    refuse_unknown(body, serializer.fields)
    fixed = [name for name in body if serializer.fields[name].read_only]
    if fixed:
        raise ValidationError({name: [READ_ONLY] for name in fixed})


def _departement(listing, body):
    """The département (code) whose plan the telephones follow: the body's commune, else hers."""
    code = body.get("code_insee") if isinstance(body, dict) else None
    if isinstance(code, str) and words.is_insee_code(places.clean_code(code)):
        return words.departement_code(places.clean_code(code))
    return words.departement_code(listing.commune.code) if listing.commune_id else ""


def _told(listing, facts):
    """Without the empty values that a confidential record shows instead of its own: sent back as
    they were read, they would erase them."""
    if not listing.is_confidential:
        return facts
    return {name: v for name, v in facts.items() if v or NAMES.get(name, name) not in UNTOLD}


def _check_secrecy(listing, facts, found):
    """Rule R7: what is confidential here cannot be placed, nor made public, from elsewhere."""
    if listing.is_confidential and facts.get("is_confidential") is False:
        raise ValidationError({"adresse_confidentielle": [LIFTED]})
    if not facts.get("is_confidential", listing.is_confidential):
        return
    given = {NAMES[name] for name, value in facts.items() if name in NAMES and value}
    given = given.intersection(PLACE_NAMES)
    given |= {"code_insee"} if found.facts.get("commune") else set()
    given |= {"permanences"} if found.rows.get("permanences") else set()
    if given:
        raise ValidationError({name: [HIDDEN] for name in sorted(given)})


def _check_status(listing, asked):
    if asked and asked != listing.status and not {asked, listing.status} <= set(STATUSES):
        raise ValidationError({"statut": [BY_HAND]})


def _check_publishable(listing, found):
    """The gate of publication: every missing thing at once, by field."""
    if listing.status != Listing.Status.PUBLISHED:
        return
    lacking = gate.lacking(
        listing,
        has_situation=_has(listing, found, "situation_links"),
        has_zone=_has(listing, found, "zone_links"),
    )
    if lacking:
        errors = {
            name: [f"Pour être publiée, il manque\u00a0: {what}."] for name, what in lacking.items()
        }
        raise ValidationError(errors)


def _has(listing, found, relation):
    if relation in found.rows:
        return bool(found.rows[relation])
    return bool(listing.pk) and getattr(listing, relation).exists()


def _check_record(listing):
    """The rules of the model, their sentences by the names of the API."""
    for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if getattr(listing, name) is None and getattr(listing, other) is not None:
            raise ValidationError({name: [POINT]})
    try:
        listing.full_clean(exclude=["search_key"])
    except Invalid as error:
        if _is_taken(listing):
            raise Conflict(TAKEN) from None
        errors = error.message_dict.items()
        raise ValidationError({NAMES.get(name, "fiche"): found for name, found in errors}) from None


def _store(listing):
    """Save, and say so when another request has just taken the identifier."""
    try:
        with transaction.atomic():
            listing.save()
    except IntegrityError:
        raise Conflict(TAKEN) from None


def _is_taken(listing):
    same = Listing.objects.filter(source=listing.source, source_id=listing.source_id)
    return bool(listing.source_id) and same.exclude(pk=listing.pk).exists()


def _warnings(serializer):
    """{field: [sentences]}: what looks like a tenant's name (rule R2), what was left out."""
    found = dict(serializer.context.get("remarks", {}))
    for name in FREE_NAMES:
        suspicions = privacy.suspicions(serializer.initial_data.get(name) or "")
        if suspicions:
            found[name] = found.get(name, []) + suspicions
    return found
