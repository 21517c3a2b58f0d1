"""Who may do what: the one place that decides. Predicates take the account that asks."""

from django.db.models import Exists, OuterRef, Q

from partners.models import (
    ApiToken,
    Contact,
    CoverageZone,
    Listing,
    Merge,
    SectorCommune,
    Territory,
    User,
)

OPEN_TO_ALL = {Listing.Status.PUBLISHED, Listing.Status.SUSPENDED}
EDITORS = {User.Role.MANAGER, User.Role.ADMINISTRATOR}


def can_manage(user):
    """Keep the directory: see drafts, named contacts for managers, staff notes."""
    return user.is_authenticated and user.role in EDITORS


def can_see_relation(user):
    """What the landlord and a partner expect of each other is for those who keep the directory."""
    return can_manage(user)


def can_report(user):
    """Signal an error or a gap. Field staff read and call, nothing else."""
    return user.is_authenticated and user.role != User.Role.FIELD


def can_subscribe(user):
    """A calendar of the meetings of instances is for those who bring files to them."""
    return can_report(user)


def can_prepare_visit(user):
    """A copy to read without a network, for who reads the directory: any account."""
    return user.is_authenticated


def can_see_professional_line(user):
    """The line kept for professionals is for those who call on behalf of a tenant."""
    return user.is_authenticated and user.role != User.Role.FIELD


def sector_to_print(user):
    """The key of the sector whose directory an agency prints: its own; None for other accounts."""
    is_agency = user.is_authenticated and user.role == User.Role.AGENCY and user.agency_id
    return user.agency.sector_id if is_agency else None


def can_print_sector(user, sector):
    """`sector`: its key."""
    return can_manage(user) or (sector is not None and sector_to_print(user) == sector)


def can_write_notes(user):
    """An agency tells its people what it knows of the partners of its sector."""
    is_agency = user.is_authenticated and user.role == User.Role.AGENCY
    return is_agency and user.agency_id is not None


def can_write_note(listing, user):
    """On a record in service that serves a commune of its agency's sector, or stands there."""
    if not (can_write_notes(user) and listing.status in OPEN_TO_ALL):
        return False
    sector_id = user.agency.sector_id
    known = Listing.objects.filter(pk=listing.pk)
    # Where a confidential one stands is never told (rule R7).
    stands_there = Q() if listing.is_confidential else _stands_in(sector_id)
    return known.filter(Exists(_serving(sector_id)) | stands_there).exists()


def _serving(sector_id):
    """The zones of a record (`OuterRef`) that hold a commune of the sector."""
    communes = Territory.objects.filter(sectors=sector_id)
    shared = SectorCommune.objects.filter(commune__in=communes).values("sector")
    holders = Q(territory__kind=Territory.Kind.COUNTRY) | Q(territory__in=[sector_id])
    for held in (communes, *(communes.values(n) for n in HOLDERS), shared):
        holders |= Q(territory__in=held)
    return CoverageZone.objects.filter(holders, listing=OuterRef("pk"))


HOLDERS = ("epci", "departement", "region")
"""What holds a commune, sectors and the country apart."""


def _stands_in(sector_id):
    communes = SectorCommune.objects.filter(sector=sector_id).values("commune")
    return Q(commune__in=communes) | Q(permanences__commune__in=communes)


def visible_notes(notes, user):
    """The local notes that an account may read: its agency's, all of them for managers."""
    return notes if can_manage(user) else notes.filter(agency=user.agency_id)


def can_remove_note(note, user):
    return can_manage(user) or (can_write_notes(user) and note.agency_id == user.agency_id)


def can_administer(user):
    return user.is_authenticated and user.role == User.Role.ADMINISTRATOR


def visible(listings, user):
    """The listings of a queryset that this account may open; one absorbed opens for nobody."""
    return listings.filter(merge=None) if can_manage(user) else in_service(listings)


def in_service(listings):
    """Those that are or were just published: what anyone with an account may open."""
    return listings.filter(status__in=OPEN_TO_ALL)


def can_open(listing, user):
    """As `visible`, of one listing at hand."""
    if listing.status in OPEN_TO_ALL:
        return True
    return can_manage(user) and not Merge.objects.filter(pk=listing.pk).exists()


def visible_contacts(contacts, user):
    """Named contacts are personal data (rule R6)."""
    if can_manage(user):
        return contacts
    if not can_report(user):
        return contacts.none()
    return contacts.filter(visibility=Contact.Visibility.ALL)


def visible_folders(folders, user):
    """An account's own folders of favourites, and those that its agency shares."""
    shared = Q(shared_with=user.agency_id) if user.agency_id else Q()
    return folders.filter(Q(owner=user) | shared)


def fillable_folders(folders, user):
    """Where it may add and remove listings; field staff only in their own."""
    return visible_folders(folders, user) if _shares(user) else folders.filter(owner=user)


def can_fill_folder(folder, user):
    """As `fillable_folders`, of one folder at hand."""
    is_shared = folder.shared_with_id is not None and folder.shared_with_id == user.agency_id
    return folder.owner_id == user.pk or (is_shared and _shares(user))


def can_edit_folder(folder, user):
    """Rename, order, share and delete are for its owner."""
    return folder.owner_id == user.pk


def can_share_folders(user):
    return user.agency_id is not None and _shares(user)


def _shares(user):
    """Field staff read what their agency shares, and keep favourites for themselves alone."""
    return user.role != User.Role.FIELD


# By the API: what the account may do, within the scopes of its token; None when signed in by
# session. Only a token can carry what the API gives nobody without scope (rule R6).


def can_read_api(user, token):
    return user.is_authenticated and _has_scope(token, ApiToken.Scope.READ)


def can_write_api(user, token):
    return can_manage(user) and _has_scope(token, ApiToken.Scope.WRITE)


def can_report_api(user, token):
    return can_report(user) and _has_scope(token, ApiToken.Scope.REPORT)


def can_see_people_api(user, token):
    """Named contacts, and the line kept for professionals."""
    return token is not None and can_report(user) and ApiToken.Scope.CONTACTS in token.scopes


def visible_api(listings, user, token):
    """Drafts are for the tools that write them."""
    return listings.filter(merge=None) if can_write_api(user, token) else in_service(listings)


def statuses_api(user, token):
    """The statuses of the listings that it is given, as `visible_api`."""
    return set(Listing.Status) if can_write_api(user, token) else OPEN_TO_ALL


def _has_scope(token, scope):
    return token is None or scope in token.scopes
