"""What a manager writes of the helplines and acronyms, an administrator of the signs of danger."""

from django import forms

from partners import known, phones, words
from partners.imports.errors import quote
from partners.models import DangerSign, GlossaryTerm, Helpline
from partners.models.fields import NO_TENANT
from partners.records import naming
from partners.vocabulary import trial
from partners.vocabulary_forms import LineRowsField, LinesField, WordsForm, free_slug

Status, Channel = Helpline.Status, Helpline.Channel
MOST_PHRASES = 40


class HelplineForm(WordsForm):
    """The link that calls is made of the number: nobody writes « tel:115 » by hand."""

    free = ("audience", "hours", "staff_note")
    channels = forms.MultipleChoiceField(
        label="Comment la joindre",
        choices=Channel,
        widget=forms.CheckboxSelectMultiple,
        help_text="Le 114 ne prend pas d'appel\u00a0: SMS, application, visio.",
    )
    zone = forms.CharField(
        label="Zone", max_length=160, help_text="France, un département, une intercommunalité…"
    )
    replaced_by = forms.ModelChoiceField(
        Helpline.objects.active(),
        label="Remplacé par",
        required=False,
        empty_label="–",
        help_text="Les situations et les signes de danger donneront celui-là.",
    )
    is_free = forms.NullBooleanField(
        label="Gratuit",
        required=False,
        widget=forms.NullBooleanSelect,
    )

    class Meta:
        model = Helpline
        fields = [
            "name",
            "number",
            "channels",
            "audience",
            "hours",
            "kind",
            "zone",
            "is_free",
            "is_danger",
            "status",
            "replaced_by",
            "staff_note",
            "source",
        ]
        widgets = {"staff_note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "hours": "Courts, tels qu'on les lit\u00a0: «\u00a09h-20h, lun-ven\u00a0».",
            "staff_note": NO_TENANT,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["zone"] = naming.zone_label(self.instance.zone)
            active = Helpline.objects.active().exclude(pk=self.instance.pk)
            self.fields["replaced_by"].queryset = active

    def clean_zone(self):
        text = self.cleaned_data["zone"]
        if self.instance.pk and text == self.initial["zone"]:
            return self.instance.zone
        try:
            return naming.zone(text)
        except naming.Unclear as error:
            raise forms.ValidationError(str(error)) from None

    def clean_number(self):
        """As it is shown; `href` follows."""
        number = " ".join(self.cleaned_data["number"].split())
        if not self.instance.pk or number != self.initial["number"]:
            try:
                stored = phones.normalise(number)
            except phones.PhoneError as error:
                raise forms.ValidationError(str(error)) from None
            number = phones.display(stored)
        return number

    def clean(self):
        facts = super().clean()
        status, other = facts.get("status"), facts.get("replaced_by")
        if status == Status.REPLACED and not other and "replaced_by" not in self.errors:
            self.add_error("replaced_by", "Dites par quel numéro il est remplacé.")
        if status != Status.REPLACED:
            facts["replaced_by"] = None
        if status == Status.RETIRED and (left := self._left_alone()):
            names = " et ".join(map(quote, left))
            self.add_error("status", f"C'est le seul numéro du signe de danger {names}.")
        return facts

    def _left_alone(self):
        """The signs of danger that would have no number."""
        others = Helpline.objects.active().exclude(pk=self.instance.pk)
        held = DangerSign.objects.filter(helplines__in=others).values("pk")
        signs = DangerSign.objects.filter(helplines=self.instance.pk).exclude(pk__in=held)
        return list(signs.values_list("slug", flat=True))

    def _post_clean(self):
        number, channels = self.cleaned_data.get("number"), self.cleaned_data.get("channels")
        is_same = self.instance.pk and not {"number", "channels"} & set(self.changed_data)
        if number and channels and not is_same:
            self.instance.href = link(number, channels)
        super()._post_clean()

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.slug = free_slug(Helpline.objects, self.cleaned_data["name"])
            last = Helpline.objects.order_by("-order").first()
            self.instance.order = last.order + 1 if last else 1
        line = super().save(commit)
        if line.replaced_by_id:
            line.helpline_set.update(replaced_by=line.replaced_by)
        return line


def link(number, channels):
    """« tel:115 », or « sms:114 » for a line that takes no voice call."""
    bare = "".join(filter(str.isdigit, number))
    digits = bare if len(bare) <= 10 else f"+{bare}"
    return f"{'tel' if Channel.VOICE in channels else 'sms'}:{digits}"


class TermForm(WordsForm):
    free = ("definition",)
    aliases = LinesField(
        label="Autres écritures", most=10, rows=2, help_text="Une par ligne\u00a0: ADILE pour ADIL."
    )

    class Meta:
        model = GlossaryTerm
        fields = ["acronym", "expansion", "definition", "aliases", "ambiguous_with", "category"]
        widgets = {"definition": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "acronym": "En capitales, il est expliqué partout où il apparaît.",
            "definition": "Une phrase simple.",
            "ambiguous_with": "Un autre sens du même sigle.",
        }

    def clean_acronym(self):
        acronym = " ".join(self.cleaned_data["acronym"].split())
        if not words.fold(acronym):
            raise forms.ValidationError("Donnez un sigle avec des lettres.")
        same = GlossaryTerm.objects.filter(acronym__iexact=acronym).exclude(pk=self.instance.pk)
        if found := same.first():
            raise forms.ValidationError(f"{quote(found.acronym)} existe déjà.")
        return acronym


class SignForm(WordsForm):
    """A sign is saved only when its phrases do what is expected of them."""

    free = ("message",)
    words = LinesField(
        label="Mots qui l'affichent",
        rows=10,
        help_text="Une expression par ligne. Plus elle est longue, moins elle se trompe.",
    )
    alarms = LinesField(
        label="Phrases qui doivent l'afficher",
        most=MOST_PHRASES,
        help_text="Une par ligne, comme une conseillère les tape.",
    )
    calms = LinesField(
        label="Phrases qui ne doivent pas l'afficher",
        most=MOST_PHRASES,
        help_text="Des fausses alertes\u00a0: «\u00a0attestation d'assurance incendie\u00a0».",
    )
    helplines = LineRowsField(required=False, label="Numéros, dans l'ordre")

    class Meta:
        model = DangerSign
        fields = ["label", "message", "words", "alarms", "calms"]
        help_texts = {"label": "Pour vous\u00a0: il ne s'affiche pas à l'accueil."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["message"].label = "La phrase du bandeau"
        if self.instance.pk:
            links = self.instance.helpline_links.order_by("order", "pk")
            self.initial["helplines"] = [str(k) for k in links.values_list("helpline", flat=True)]

    def clean_label(self):
        label = " ".join(self.cleaned_data["label"].split())
        if not words.fold(label):
            raise forms.ValidationError("Donnez un nom avec des lettres.")
        return label

    def clean_words(self):
        found = self.cleaned_data["words"]
        if not found:
            raise forms.ValidationError("Donnez au moins une expression.")
        if bare := [word for word in found if not words.fold(word)]:
            raise forms.ValidationError(f"{quote(bare[0])} n'a ni lettre ni chiffre.")
        return found

    def clean_helplines(self):
        found = self.cleaned_data["helplines"]
        if not any(line.status == Status.ACTIVE for line in found):
            raise forms.ValidationError("Donnez au moins un numéro en service.")
        return found

    def clean(self):
        facts = super().clean()
        if not self.errors:
            for failure in self.failures():
                self.add_error("alarms" if "n'affiche pas" in failure else "calms", failure)
        return facts

    def sign(self):
        """(slug, words) as they are written, valid or not."""
        return self.instance.slug or trial.UNSAVED, self._lines("words")

    def lexicon(self):
        """What would be known with this sign saved."""
        return known.drafted(signs=dict([self.sign()]))

    def failures(self):
        """Sentences on the phrases that do not do what is expected of them."""
        slug, _ = self.sign()
        return trial.failures(slug, self._lines("alarms"), self._lines("calms"), self.lexicon())

    def _lines(self, name):
        text = self[name].value() or ""
        lines = text if isinstance(text, list) else str(text).replace("\0", " ").splitlines()
        return [line.strip()[:120] for line in lines if line.strip()][:400]

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.slug = free_slug(DangerSign.objects, self.cleaned_data["label"])
        sign = super().save(commit)
        if "helplines" in self.changed_data:
            sign.helpline_links.all().delete()
            for order, line in enumerate(self.cleaned_data["helplines"], start=1):
                sign.helpline_links.create(helpline=line, order=order)
        return sign
