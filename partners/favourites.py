"""What an account keeps at hand: listings in folders, its own and those that its agency shares."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Value, When, Window
from django.db.models.functions import DenseRank, RowNumber
from django.utils import timezone

from partners import hours, permissions, words
from partners.models import Favourite, Folder, Listing, User

MAX_FOLDERS = 50
"""Folders of one account, and folders that one agency shares."""
MAX_IN_FOLDER = 200
SHOWN = 6
"""Lines of a folder on the page of all folders."""
HOME_FOLDERS = 3
HOME_LINES = 4
FIRST_FOLDER = "Mes favoris"


class Refused(Exception):
    """A limit is reached, or a folder is gone; the French sentence says what to do."""


@dataclass(frozen=True)
class Line:
    """A listing in a folder, with what its number needs beside it."""

    favourite: Favourite
    is_readable: bool
    """Whether the account may open the record; if not, its name alone is shown."""
    notice: str
    opening: hours.State | None

    @property
    def listing(self):
        return self.favourite.listing


@dataclass(frozen=True)
class Shelf:
    """A folder as an account sees it: its first lines, and how many there are in all."""

    folder: Folder
    lines: list[Line]
    total: int
    is_own: bool
    can_fill: bool

    @property
    def hidden(self):
        return self.total - len(self.lines)


# What is kept


def kept(user, among=None):
    """The listings (set of primary keys) in the account's own folders.

    One query, and none for an account that has no favourite. `among` (primary keys) limits it to
    the listings of a page.
    """
    if not (user.is_authenticated and user.has_favourites):
        return set()
    found = Favourite.objects.filter(folder__owner=user)
    if among is not None:
        found = found.filter(listing__in=among)
    return set(found.values_list("listing_id", flat=True))


def folders(user):
    """The folders that an account sees: its own in its order, then its agency's by name."""
    seen = permissions.visible_folders(Folder.objects.all(), user)
    return seen.select_related("owner", "shared_with").order_by(*_order(user))


def folders_of(listing, user):
    """Primary keys of the folders that hold a listing, among those that the account may fill."""
    fillable = permissions.fillable_folders(Folder.objects.all(), user)
    held = Favourite.objects.filter(folder__in=fillable, listing=listing)
    return sorted(held.values_list("folder_id", flat=True))


# What is shown


def shelves(user):
    """Every folder of `folders`, the first `SHOWN` lines of each: two queries."""
    seen = list(folders(user))
    found = {shelf.folder.pk: shelf for shelf in _shelves(_ranked(user, shown=SHOWN), user)}
    return [found.get(folder.pk) or _shelf(folder, [], user) for folder in seen]


def shelf(folder, user):
    """One folder with all its lines."""
    held = folder.favourites.select_related("listing__commune", "added_by")
    return _shelf(folder, list(held.order_by("listing__search_key", "pk")), user)


def at_hand(user):
    """For the home page: the first lines of the first folders that have some, in one query.

    None for an account that cannot have any. A confidential shelter stays off a page that the
    whole counter may see (rule R7).
    """
    if not (user.has_favourites or user.agency_id):
        return []
    ranked = _ranked(user, shown=HOME_LINES).filter(listing__is_confidential=False)
    place = Window(DenseRank(), order_by=_order(user, "folder__"))
    return _shelves(ranked.annotate(place=place).filter(place__lte=HOME_FOLDERS), user)


def _ranked(user, *, shown):
    """The first `shown` favourites of each folder, with the `total` of the folder."""
    rank = Window(
        RowNumber(), partition_by="folder_id", order_by=["listing__search_key", "listing_id"]
    )
    seen = permissions.visible_folders(Folder.objects.all(), user)
    return (
        Favourite.objects.filter(folder__in=seen)
        .select_related("folder__owner", "folder__shared_with", "listing__commune", "added_by")
        .annotate(rank=rank, total=Window(Count("pk"), partition_by="folder_id"))
        .filter(rank__lte=shown)
        .order_by(*_order(user, "folder__"), "rank")
    )


def _order(user, prefix=""):
    is_own = {f"{prefix}owner": user}
    return [
        Case(When(**is_own, then=Value(0)), default=Value(1)),
        Case(When(**is_own, then=F(f"{prefix}position")), default=Value(0)),
        F(f"{prefix}search_key"),
        F(f"{prefix}pk"),
    ]


def _shelves(ranked, user):
    by_folder = [(folder, list(held)) for folder, held in groupby(ranked, attrgetter("folder"))]
    return [_shelf(folder, held, user, total=held[0].total) for folder, held in by_folder]


def _shelf(folder, held, user, *, total=None):
    return Shelf(
        folder=folder,
        lines=[_line(favourite, user) for favourite in held],
        total=len(held) if total is None else total,
        is_own=permissions.can_edit_folder(folder, user),
        can_fill=permissions.can_fill_folder(folder, user),
    )


def _line(favourite, user):
    listing, at = favourite.listing, timezone.localtime()
    notice = _notice(listing, at.date())
    is_readable = permissions.can_open(listing, user)
    opening = _opening(listing, at) if is_readable and not notice else None
    return Line(favourite, is_readable, notice, opening)


def _opening(listing, at):
    """The days off of a confidential one's département would tell where it is (rule R7)."""
    is_placed = listing.commune_id and not listing.is_confidential
    departement = words.departement_code(listing.commune.code) if is_placed else ""
    return hours.state(listing.opening_hours, at, departement=departement)


def _notice(listing, day):
    """Why its number may not be what is needed today (str), empty for most listings."""
    if listing.status == Listing.Status.ARCHIVED:
        return "Archivée\u00a0: n'est plus dans l'annuaire"
    if listing.status in (Listing.Status.DRAFT, Listing.Status.TO_CHECK):
        return "En cours de vérification"
    if listing.is_suspended_on(day):
        return listing.suspension_message or "Fermé temporairement"
    return ""


# What changes


@transaction.atomic
def keep(listing, *, by, folder_ids=()):
    """Put a listing in folders; once is enough. Without folders: a star, in an own private one."""
    folder_ids = list(folder_ids)
    found = _locked(by, folder_ids) if folder_ids else _folder_for_star(listing, by)
    _refuse_full(found, listing)
    Favourite.objects.bulk_create(
        [Favourite(folder=folder, listing=listing, added_by=by) for folder in found],
        ignore_conflicts=True,
    )
    owners = {folder.owner_id for folder in found}
    User.objects.filter(pk__in=owners, has_favourites=False).update(has_favourites=True)


@transaction.atomic
def remove(listing, *, by, folder_ids=()):
    """Take a listing out of folders, without any out of the account's own.

    Returns the primary keys of the folders that held it, enough for `keep` to undo.
    """
    own = Folder.objects.filter(owner=by).values_list("pk", flat=True)
    found = _locked(by, list(folder_ids) or list(own), are_all_wanted=False)
    held = Favourite.objects.filter(folder__in=found, listing=listing)
    taken = sorted(held.values_list("folder_id", flat=True))
    held.delete()
    _mark_empty({folder.owner_id for folder in found})
    return taken


@transaction.atomic
def arrange(listing, *, by, add, drop):
    """Put a listing in the folders `add` and take it out of `drop` (primary keys)."""
    if drop:
        remove(listing, by=by, folder_ids=drop)
    if add:
        keep(listing, by=by, folder_ids=add)


@transaction.atomic
def create_folder(name, *, owner, is_shared=False):
    _lock([owner.pk])
    own = list(Folder.objects.filter(owner=owner).order_by("-position"))
    if len(own) >= MAX_FOLDERS:
        raise Refused(f"{MAX_FOLDERS} dossiers au plus\u00a0: supprimez-en un d'abord.")
    folder = Folder(name=name, owner=owner, position=own[0].position + 1 if own else 0)
    _refuse_same_name(folder)
    _share(folder, is_shared, owner.agency)
    folder.save()
    return folder


@transaction.atomic
def change_folder(folder, *, name, is_shared):
    """Rename a folder, share it with the owner's agency or stop."""
    _lock([folder.owner_id])
    folder.name = name
    _refuse_same_name(folder)
    _share(folder, is_shared, folder.owner.agency)
    folder.save()


@transaction.atomic
def delete_folder(folder):
    _lock([folder.owner_id])
    folder.delete()
    _mark_empty([folder.owner_id])


@transaction.atomic
def move_up(folder):
    """One place earlier among its owner's folders; the first one stays."""
    _lock([folder.owner_id])
    own = list(
        Folder.objects.filter(owner=folder.owner_id).order_by("position", "search_key", "pk")
    )
    place = next((i for i, other in enumerate(own) if other.pk == folder.pk), 0)
    if place:
        own[place - 1], own[place] = own[place], own[place - 1]
    for position, other in enumerate(own):
        other.position = position
    Folder.objects.bulk_update(own, ["position"])


def _lock(owner_ids):
    """Writers of one account's folders wait for each other, so that limits and flags hold."""
    owners = User.objects.select_for_update(no_key=True).filter(pk__in=set(owner_ids))
    list(owners.order_by("pk").values_list("pk"))


def _locked(user, folder_ids, *, are_all_wanted=True):
    """The folders of these primary keys that the account may fill, their owners locked."""
    asked = permissions.fillable_folders(Folder.objects.filter(pk__in=folder_ids), user)
    _lock(asked.values_list("owner_id", flat=True))
    found = list(asked.order_by("pk"))
    if are_all_wanted and len(found) < len(set(folder_ids)):
        raise Refused("Ce dossier n'existe plus, ou n'est plus partagé avec vous.")
    return found


def _folder_for_star(listing, user):
    """Where a star puts a listing: nowhere if an own folder has it, else the first private one."""
    _lock([user.pk])
    own = list(Folder.objects.filter(owner=user).order_by("position", "search_key", "pk"))
    if Favourite.objects.filter(folder__in=own, listing=listing).exists():
        return []
    private = [folder for folder in own if folder.shared_with_id is None]
    return private[:1] or [create_folder(_free_name(own), owner=user)]


def _free_name(own):
    taken = {folder.search_key for folder in own}
    names = [FIRST_FOLDER, *(f"{FIRST_FOLDER} {n}" for n in range(2, MAX_FOLDERS + 2))]
    return next(name for name in names if words.fold(name) not in taken)


def _refuse_full(found, listing):
    others = Favourite.objects.filter(folder__in=found).exclude(listing=listing)
    held = dict(others.order_by().values_list("folder").annotate(Count("pk")))
    for folder in found:
        if held.get(folder.pk, 0) >= MAX_IN_FOLDER:
            raise Refused(
                f"Le dossier «\u00a0{folder}\u00a0» a déjà {MAX_IN_FOLDER} fiches\u00a0: "
                "retirez-en une d'abord."
            )


def _refuse_same_name(folder):
    others = Folder.objects.filter(owner=folder.owner_id).exclude(pk=folder.pk)
    if others.filter(search_key=words.fold(folder.name)).exists():
        raise Refused("Vous avez déjà un dossier de ce nom.")


def _share(folder, is_shared, agency):
    """With the owner's agency; a folder that is shared already stays with the same one."""
    if not is_shared:
        folder.shared_with = None
    elif folder.shared_with_id is None and agency is not None:
        if agency.folders.count() >= MAX_FOLDERS:
            raise Refused(f"Votre agence partage déjà {MAX_FOLDERS} dossiers, le plus possible.")
        folder.shared_with = agency


def _mark_empty(owner_ids):
    held = Favourite.objects.filter(folder__owner=OuterRef("pk"))
    User.objects.filter(pk__in=owner_ids).update(has_favourites=Exists(held))
