"""What a manager writes of a situation: its words, its numbers, its call guide."""

import re

from django import forms
from django.utils.text import slugify

from partners import call_guides, privacy, words
from partners.forms import MessageForm, name_blanks
from partners.imports.data_inclusion.schema import VALUES
from partners.imports.errors import quote
from partners.models import (
    AgencyCallGuide,
    CallGuide,
    Helpline,
    Situation,
    Subject,
)
from partners.models.fields import NO_TENANT
from partners.vocabulary.icons import ICONS
from partners.vocabulary.trial import UNSAVED
from partners.words.lexicon import Topic

MOST_WORDS = 1_000
MOST_LINES = 12
WORD = 120
SENTENCE = 240
BREAKABLE = re.compile("[^\\S\u00a0\u202f]+")
KEY = re.compile(r"[0-9]{1,9}")


class LinesField(forms.CharField):
    """A text of one item a line ⇄ a list without the empty and the repeated ones."""

    def __init__(self, *, longest=WORD, most=MOST_WORDS, rows=6, **options):
        self.longest, self.most = longest, most
        widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "true"})
        super().__init__(required=False, widget=widget, **options)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        lines = [self.spaced(line) for line in super().clean(value).splitlines()]
        found = list({line.casefold(): line for line in reversed(lines) if line}.values())[::-1]
        for line in found:
            if len(line) > self.longest:
                raise forms.ValidationError(
                    f"{self.longest} caractères au plus par ligne\u00a0: {quote(line, limit=40)}"
                )
        if len(found) > self.most:
            raise forms.ValidationError(f"{self.most} lignes au plus.")
        return found

    def spaced(self, line):
        return " ".join(line.split())

    def has_changed(self, initial, data):
        return self.clean_quietly(data) != (initial or [])

    def clean_quietly(self, value):
        """The lines, or the text as it is when it is refused."""
        try:
            return self.clean(value)
        except forms.ValidationError:
            return value


class SentencesField(LinesField):
    """Lines to be read, whose unbreakable spaces stay."""

    def __init__(self, **options):
        super().__init__(longest=SENTENCE, rows=3, **options)

    def spaced(self, line):
        return BREAKABLE.sub(" ", line).strip()


class RowsField(forms.Field):
    """Several values under one name, in their order."""

    widget = forms.SelectMultiple

    def clean(self, value):
        return list(dict.fromkeys(text.strip() for text in value or [] if text.strip()))

    def has_changed(self, initial, data):
        return self.clean(data) != [str(item) for item in initial or []]


class LineRowsField(RowsField):
    """Keys of helplines, in their order, to the helplines."""

    def clean(self, value):
        keys = super().clean(value)
        known = Helpline.objects.in_bulk([int(key) for key in keys if KEY.fullmatch(key)])
        if any(not KEY.fullmatch(key) or int(key) not in known for key in keys):
            raise forms.ValidationError("L'un de ces numéros n'existe plus\u00a0: retirez-le.")
        return [known[int(key)] for key in keys]

    def has_changed(self, initial, data):
        return RowsField().has_changed(initial, data)


class WordsForm(MessageForm):
    """What is written for everyone: a name in it warns once and never blocks (rule R2)."""

    free = ()

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        name_blanks(self)

    def suspicions(self):
        texts = (self.cleaned_data.get(name) or "" for name in self.free)
        flat = ("\n".join(text) if isinstance(text, list) else text for text in texts)
        return [found for text in flat for found in privacy.suspicions(text)]


class CallWordsForm(WordsForm):
    """The words of a call guide, in the order of a call."""

    free = call_guides.WORDS
    opening = forms.CharField(
        label="La phrase pour commencer",
        max_length=300,
        required=False,
        help_text="Celle qu'on peut lire à voix haute, mot pour mot.",
    )
    questions = SentencesField(
        label="Les questions à poser",
        most=6,
        help_text="Une par ligne\u00a0; trois suffisent.",
    )
    red_flags = SentencesField(
        label="Ce qui doit alerter",
        most=MOST_LINES,
        help_text="Un signe par ligne.",
    )
    not_to_promise = forms.CharField(
        label="Ce qu'il ne faut pas promettre",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    escalate_to = forms.CharField(
        label="À qui passer la main",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Une fonction plutôt qu'un nom. {NO_TENANT}",
    )


class AgencyGuideForm(CallWordsForm):
    """What an agency says otherwise: an empty field leaves the words of all."""

    class Meta:
        model = AgencyCallGuide
        fields = list(call_guides.WORDS)

    def is_empty(self):
        return not any(self.cleaned_data[name] for name in call_guides.WORDS)


class SituationForm(CallWordsForm):
    free = ("description", *call_guides.WORDS)
    icon = forms.ChoiceField(
        label="Dessin", choices=list(ICONS.items()), required=False, widget=forms.RadioSelect
    )
    synonyms = LinesField(
        label="Mots qui y mènent",
        rows=12,
        help_text="Un mot ou une expression par ligne, comme on les tape ou comme on les entend.",
    )
    themes = RowsField(required=False, label="Thématiques data·inclusion")
    helplines = LineRowsField(required=False, label="Numéros utiles")
    is_guide_read = forms.BooleanField(
        label="J'ai relu ce guide\u00a0: ce n'est plus une proposition", required=False
    )

    class Meta:
        model = Situation
        fields = [
            "label",
            "description",
            "icon",
            "is_home_tile",
            "is_danger",
            "internal_subject",
            "synonyms",
            "themes",
        ]
        help_texts = {"is_danger": "", "internal_subject": ""}

    is_guide_proposed = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["internal_subject"].choices = [
            ("", "non, les partenaires directement"),
            *Subject.choices,
        ]
        self.fields["description"].help_text = "Une phrase, sur la page «\u00a0Situations\u00a0»."
        if self.instance.pk:
            links = self.instance.helpline_links.order_by("order", "pk")
            self.initial["helplines"] = [
                str(key) for key in links.values_list("helpline", flat=True)
            ]
            guide = CallGuide.objects.filter(pk=self.instance.pk)
            self.initial |= guide.values(*call_guides.WORDS).first() or {}
            self.is_guide_proposed = guide.filter(is_proposed=True).exists()

    def clean_label(self):
        label = " ".join(self.cleaned_data["label"].split())
        if not words.fold(label):
            raise forms.ValidationError("Donnez un nom avec des lettres.")
        others = Situation.everything.exclude(pk=self.instance.pk).only("label", "archived_at")
        for other in others:
            if words.fold(other.label) == words.fold(label):
                where = ", dans les archives" if other.archived_at else ""
                raise forms.ValidationError(f"{quote(other.label)} existe déjà{where}.")
        return label

    def clean_synonyms(self):
        found = self.cleaned_data["synonyms"]
        if bare := [word for word in found if not words.fold(word)]:
            raise forms.ValidationError(f"{quote(bare[0])} n'a ni lettre ni chiffre.")
        return found

    def clean_themes(self):
        found = self.cleaned_data["themes"]
        old = set(self.instance.themes)
        if unknown := [
            text for text in found if text not in VALUES["thematiques"] and text not in old
        ]:
            raise forms.ValidationError(f"{quote(unknown[0])} n'est pas dans la liste officielle.")
        return found

    def topic(self):
        """What is written (Topic), valid or not, to be tried before it is saved."""
        field = self.fields["synonyms"]
        lines = field.clean_quietly(str(self["synonyms"].value() or ""))
        listed = lines if isinstance(lines, list) else lines.split("\n")
        return Topic(
            self.instance.slug or UNSAVED,
            str(self["label"].value() or "")[:80].replace("\0", " "),
            tuple(line[:WORD].replace("\0", " ") for line in listed[:MOST_WORDS] if line.strip()),
            bool(self["is_danger"].value()),
        )

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.slug = free_slug(Situation.everything, self.cleaned_data["label"])
            last = Situation.everything.order_by("-order").first()
            self.instance.order = last.order + 1 if last else 1
        situation = super().save(commit)
        if "helplines" in self.changed_data:
            situation.helpline_links.all().delete()
            for order, line in enumerate(self.cleaned_data["helplines"], start=1):
                situation.helpline_links.create(helpline=line, order=order)
        guide = {name: self.cleaned_data[name] for name in call_guides.WORDS}
        if not {*guide, "is_guide_read"}.isdisjoint(self.changed_data):
            CallGuide.objects.update_or_create(
                pk=situation.pk, defaults=guide | {"is_proposed": False}
            )
        return situation


def free_slug(rows, text):
    """A short name (50 characters at most) made of `text` that none of `rows` has."""
    base = slugify(text)[:44].strip("-") or "sans-nom"
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    names = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


class ArchiveForm(forms.Form):
    """Where the records of a situation that is archived go."""

    into = forms.ModelChoiceField(
        None, label="Ranger ses fiches sous", required=False, empty_label="Aucune autre situation"
    )
    with_words = forms.BooleanField(
        label="Les mots qui y mènent mèneront à celle-là", required=False, initial=True
    )

    def __init__(self, *args, situation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Situation.objects.exclude(pk=situation.pk)
