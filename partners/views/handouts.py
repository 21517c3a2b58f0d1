"""The sheet of contacts that a tenant takes away: on screen and paper, as a PDF, a text, a page.

Nothing here asks for a name or a need, and reading writes nothing.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners import handouts
from partners.coverage import place_of_communes
from partners.exports import handout as printed
from partners.handout_forms import HandOutForm, PageForm, page_query
from partners.handouts import qr, texts
from partners.matches import Moment
from partners.models import Document, HandOut
from partners.views import documents

FILE_NAME = "feuille-de-contacts.pdf"
TITLE = "Feuille de contacts"
ROBOTS = "noindex, nofollow, noarchive"


@require_safe
@never_cache
def sheet(request):
    form = HandOutForm(request.GET)
    if not form.is_valid():
        return render(request, "partners/handout.html", {"problems": _problems(form)}, status=422)
    if form.names_danger or form.cleaned_data["plus"]:
        return redirect(f"{reverse('handout')}?{form.query()}")
    found = _Found(request, form)
    return render(request, _template(form), found.context())


@require_safe
@never_cache
def pdf(request):
    """Its name tells nothing (rule R7)."""
    form = HandOutForm(request.GET)
    if not form.is_valid():
        return render(request, "partners/handout.html", {"problems": _problems(form)}, status=422)
    found = _Found(request, form)
    if not found.choice.cards:
        return redirect(f"{reverse('handout')}?{form.query()}")
    content = printed.pdf(
        found.sheet, is_large=form.cleaned_data["gros"], address=found.page_address
    )
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
def open_page(request):
    """Make the page that a QR code leads to, and go back to the sheet that shows it."""
    form = HandOutForm(request.POST)
    if not form.is_valid():
        return render(request, "partners/handout.html", {"problems": _problems(form)}, status=422)
    found = _Found(request, form)
    token = HandOut.objects.issue(found.choice.keys) if found.may_have_page else ""
    return redirect(f"{reverse('handout')}?{form.query(page=token)}#page-remise")


@require_safe
@never_cache
@login_not_required
def page(request, token):
    """What is public of the records, as it is today; one that became dangerous to tell is not."""
    found, communes = _opened(request, token)
    items = _public_items(found, communes)
    return _public(request, items=items, page=found, where=page_query(communes))


@require_safe
@never_cache
@login_not_required
def page_document(request, token, pk):
    """A document for tenants of a record of that page: to read, or a PDF to keep."""
    found, communes = _opened(request, token)
    shown = {leaflet.key for item in _public_items(found, communes) for leaflet in item.leaflets}
    document = Document.objects.filter(pk=pk).first() if pk in shown else None
    if document is None:
        return _public(request)
    if document.url:
        return redirect(document.url)
    if document.file_name:
        response = documents.as_download(document)
        response["X-Robots-Tag"] = ROBOTS
        return response
    body, where = documents.body_of(document), page_query(communes)
    return _public(request, document=document, body=body, token=token, where=where)


def _opened(request, token):
    """(the page that the address leads to, or None; the commune it is seen from, in a list)."""
    found = HandOut.objects.open().bearing(token).first()
    return found, PageForm(request.GET).communes if found else []


def _public_items(found, communes):
    """The items of a page that is open, as they are today; [] when there is none."""
    moment = Moment(place_of_communes(communes), timezone.localtime())
    choice = handouts.choose(found.listing_ids if found else [], moment)
    cards = [card for card in choice.cards if choice.may_be_public(card)]
    return handouts.items_of(cards, choice, moment.place, moment.at)


def _public(request, **context):
    """The page of a QR code, or the words for one that is over."""
    is_there = context.get("items") or context.get("document")
    response = render(
        request,
        "partners/handout_page.html",
        {"title": TITLE} | context,
        status=200 if is_there else 410,
    )
    response["X-Robots-Tag"] = ROBOTS
    return response


class _Found:
    """The sheet of an address: what was chosen, what it says, the page it leads to."""

    def __init__(self, request, form):
        self.request, self.form = request, form
        self.facts = form.cleaned_data
        place = place_of_communes(self.facts["commune"][:1])
        moment = Moment(place, timezone.localtime())
        self.choice = handouts.choose(form.keys, moment)
        needs = () if self.is_discreet else self.facts["situation"]
        self.sheet = handouts.sheet_of(self.choice, place, request.user, moment.at, needs=needs)

    @property
    def is_discreet(self):
        return self.facts["discret"] or self.choice.is_discreet

    @property
    def may_have_page(self):
        return bool(self.choice.cards) and not (self.is_discreet or self.form.names_danger)

    @property
    def page_address(self):
        """Of the page (str) when it is still open and has these records; else nothing."""
        token = self.facts["page"]
        if not (token and self.may_have_page):
            return ""
        found = HandOut.objects.open().bearing(token).first()
        if found is None or found.listing_ids != self.choice.keys:
            return ""
        address = reverse("handout_page", args=[token]) + page_query(self.facts["commune"])
        return self.request.build_absolute_uri(address)

    def context(self):
        address = self.page_address
        return {
            "title": TITLE,
            "sheet": self.sheet,
            "choice": self.choice,
            "rows": self._rows(),
            "is_discreet": self.is_discreet,
            "may_have_page": self.may_have_page,
            "page_address": address,
            "qr": qr.svg(address) if address else "",
            "facts": self.facts,
            "hidden": self._hidden(),
            "pdf_address": f"{reverse('handout_pdf')}?{self.form.query()}",
            "links": self._links(),
            "text": texts.of_sheet(self.sheet),
            "needs": [] if self.is_discreet else self.choice.situations,
            "most": handouts.MOST,
        }

    def _links(self):
        """Addresses of the same sheet in its other forms."""
        changes = {
            "usual": {"gros": "", "simple": ""},
            "large": {"gros": "1", "simple": ""},
            "simple": {"gros": "", "simple": "1"},
        }
        return {name: f"?{self.form.query(**change)}" for name, change in changes.items()}

    def _hidden(self):
        """What a form of the page sends again: facts of the address."""
        facts = {"fiches": ",".join(map(str, self.choice.keys))}
        flags = {name: "1" for name in ("gros", "simple", "discret") if self.facts[name]}
        pairs = [*facts.items(), *flags.items()]
        return [*pairs, *(("commune", commune.asked_code) for commune in self.facts["commune"])]

    def _rows(self):
        """Each item with the addresses that move or remove it ("" where there is none)."""
        keys = self.choice.keys
        rows = []
        for place, item in enumerate(self.sheet.items):
            without = [key for key in keys if key != item.key]
            up = _moved(keys, place, -1)
            down = _moved(keys, place, 1)
            rows.append(
                {
                    "item": item,
                    "up": self._address(up),
                    "down": self._address(down),
                    "remove": self._address(without),
                    "up_keys": up,
                    "down_keys": down,
                    "remove_keys": without,
                }
            )
        return rows

    def _address(self, keys):
        return f"?{self.form.query(fiches=keys, page='')}" if keys is not None else ""


def _moved(keys, place, by):
    """The keys with that of `place` one further; None at the end."""
    if not 0 <= place + by < len(keys):
        return None
    moved = list(keys)
    moved[place], moved[place + by] = moved[place + by], moved[place]
    return moved


def _problems(form):
    return [error for errors in form.errors.values() for error in errors]


def _template(form):
    return (
        "partners/handout_simple.html" if form.cleaned_data["simple"] else "partners/handout.html"
    )
