"""Situations, numbers and the landlord's own, as `partners.lines` finds them."""

from dataclasses import asdict

from partners import call_guides, phones, words
from partners.lines import FALLBACK_HELPLINES, people_of
from partners.models import DangerSignHelpline, Helpline, SituationHelpline, Subject
from partners.visit.ground import Ground
from partners.visit.rows import Row, full


class Lines:
    """The numbers in service for one commune or another of a sector, each by its index."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        found = Helpline.objects.active().covering(ground.whole.zones).order_by("order", "pk")
        self.lines = list(found)
        self._index = {line.pk: place for place, line in enumerate(self.lines)}

    def rows(self) -> list[Row]:
        return [self._row(line) for line in self.lines]

    def fallback(self) -> list[int]:
        by_slug = {line.slug: place for place, line in enumerate(self.lines)}
        return [by_slug[slug] for slug in FALLBACK_HELPLINES if slug in by_slug]

    def _row(self, line):
        return full(
            {
                "name": line.own_name,
                "number": line.number,
                "label": line.label,
                "href": line.href,
                "channels": line.channels,
                "audience": line.audience,
                "hours": line.hours,
                "kind": line.kind,
                "is_free": line.is_free,
                "danger": line.is_danger,
                "zone": self._ground.index(line.zone_id),
            }
        )

    def situations(self, situations, user) -> list[Row]:
        links: dict[int, list[list[int]]] = {}
        rows = SituationHelpline.objects.filter(situation__in=situations)
        for link in rows.select_related("helpline").order_by("order", "pk"):
            line = self._index.get(link.helpline.replaced_by_id or link.helpline_id)
            if line is not None:
                links.setdefault(link.situation_id, []).append([line, link.order, link.pk])
        return [_situation(one, links.get(one.pk, []), user) for one in situations]

    def signs(self) -> list[Row]:
        """Those that a number in service answers, as on the strip."""
        signs: dict[int, Row] = {}
        rows = DangerSignHelpline.objects.select_related("sign", "helpline__replaced_by")
        for link in rows.order_by("sign", "order", "pk"):
            line = link.helpline.replaced_by or link.helpline
            if line.status != Helpline.Status.ACTIVE:
                continue
            sign = signs.setdefault(link.sign_id, _sign(link.sign))
            if line.pk in self._index:
                sign["helplines"].append(self._index[line.pk])
        return [signs[key] for key in sorted(signs)]

    def referents(self) -> list[Row]:
        """In the order of the pages; a function or a name is for those who sign in (rule R6)."""
        found = people_of(self._ground.whole)
        return [_referent(one, self._ground.index(one.sector_id)) for one in found]


def _situation(situation, helplines, user):
    guides = call_guides.of([situation], user.agency_id)
    known = [situation.label, *situation.synonyms]
    return full(
        {
            "slug": situation.slug,
            "label": situation.label,
            "description": situation.description,
            "icon": situation.icon,
            "order": situation.order,
            "danger": situation.is_danger,
            "subject": situation.internal_subject,
            "words": list(dict.fromkeys(filter(None, map(words.fold, known)))),
            "helplines": helplines,
            "guide": full(asdict(guides[0])) if guides else None,
        }
    )


def _sign(sign):
    return {"slug": sign.slug, "message": sign.message, "helplines": []}


def _referent(person, zone):
    return full(
        {
            "subject": person.subject,
            "label": Subject(person.subject).label,
            "agency": person.agency_name,
            "phone": phones.display(person.phone),
            "href": phones.href(person.phone),
            "zone": zone,
        }
    )
