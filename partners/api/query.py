"""Criteria as they travel: the parameters of an address, the members of a JSON body.

The filters are those of the pages' form, found there, so that a new one is a parameter here too.
"""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partners.api.fields import String, Switch
from partners.forms import CHOICES, YES_OR_NO, CriteriaForm
from partners.imports.errors import NBSP, quote

LISTS = {
    "situation": "Mot-clé d'une situation\u00a0; plusieurs pour un même foyer.",
    "commune": "Code INSEE de la commune du locataire\u00a0; plusieurs ensemble.",
    "signe": "Signe de danger reconnu dans ce qui a été tapé.",
}
UNKNOWN_SIGN = "Ce signe de danger n'existe pas."
UNKNOWN = f"Ce paramètre n'existe pas. Connus{NBSP}: %s."


@extend_schema_field(
    {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "maxItems": 200}]}
)
class OneOrSeveral(serializers.ListField):
    """A list, or its only item."""

    child = String(max_length=100)

    def to_internal_value(self, data):
        return super().to_internal_value([data] if isinstance(data, str) else data)


def filters(*, in_body):
    """{name: field} of the criteria of a search, in JSON (`in_body`) or as parameters."""
    return {name: _field(name, in_body=in_body) for name in CriteriaForm().fields}


def _field(name, *, in_body):
    if name in LISTS:
        return _several(LISTS[name], in_body)
    if name in CHOICES:
        return serializers.ChoiceField(CHOICES[name][1], required=False)
    kind = Switch if in_body else serializers.BooleanField
    return kind(required=False, help_text=YES_OR_NO[name][1])


def _several(about, in_body):
    if in_body:
        return OneOrSeveral(required=False, max_length=200, help_text=about)
    child = serializers.CharField(max_length=100)
    return serializers.ListField(child=child, required=False, max_length=200, help_text=about)


class Parameters(serializers.Serializer):
    """The query of an address: unknown names, empty and repeated values are refused."""

    @classmethod
    def of(cls, request):
        """The validated parameters (dict). Raises `ValidationError`."""
        found = cls(data=request.query_params)
        found.check_names(request.query_params)
        found.is_valid(raise_exception=True)
        return found.validated_data

    def check_names(self, query):
        refuse_unknown(query, self.fields)
        for name, field in self.fields.items():
            values = query.getlist(name)
            if "" in values:
                raise serializers.ValidationError({name: ["Ce paramètre est vide."]})
            if len(values) > 1 and not isinstance(field, serializers.ListField):
                raise serializers.ValidationError({name: ["Ce paramètre est donné deux fois."]})


class Body(serializers.Serializer):
    """A JSON object: unknown members are refused."""

    @classmethod
    def of(cls, request):
        found = cls(data=request.data)
        if isinstance(request.data, dict):
            refuse_unknown(request.data, found.fields)
        found.is_valid(raise_exception=True)
        return found.validated_data


def refuse_unknown(given, known):
    """Raises `ValidationError` for the names of `given` that `known` has not."""
    unknown = [name for name in given if name not in known]
    if unknown:
        raise serializers.ValidationError(
            {_shown(name): [UNKNOWN % ", ".join(known)] for name in unknown[:10]}
        )


def criteria_form(facts):
    """The pages' form, valid, of validated parameters. Raises `ValidationError`."""
    form = CriteriaForm({name: facts[name] for name in CriteriaForm().fields if name in facts})
    if form.is_valid() and len(form.cleaned_data["signe"]) < len(set(facts.get("signe", []))):
        form.add_error("signe", UNKNOWN_SIGN)
    if not form.is_valid():
        errors = form.errors.items()
        raise serializers.ValidationError({name: [str(e) for e in found] for name, found in errors})
    return form


def _shown(name):
    """A name that someone made up, short and without what UTF-8 cannot write."""
    return quote(name.encode("utf-8", "replace").decode(), limit=40)
