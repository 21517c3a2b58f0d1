"""Who may do what: the one place that decides. Predicates take the account that asks."""

from partners.models import Contact, Listing, User

EDITORS = {User.Role.MANAGER, User.Role.ADMINISTRATOR}


def can_manage(user):
    """Keep the directory: see drafts, named contacts for managers, staff notes."""
    return user.is_authenticated and user.role in EDITORS


def can_report(user):
    """Signal an error or a gap. Field staff read and call, nothing else."""
    return user.is_authenticated and user.role != User.Role.FIELD


def can_see_professional_line(user):
    """The line kept for professionals is for those who call on behalf of a tenant."""
    return user.is_authenticated and user.role != User.Role.FIELD


def can_administer(user):
    return user.is_authenticated and user.role == User.Role.ADMINISTRATOR


def visible(listings, user):
    """The listings of a queryset that this account may open."""
    if can_manage(user):
        return listings
    return listings.filter(status__in=[Listing.Status.PUBLISHED, Listing.Status.SUSPENDED])


def visible_contacts(contacts, user):
    """Named contacts are personal data (rule R6)."""
    if can_manage(user):
        return contacts
    if not can_report(user):
        return contacts.none()
    return contacts.filter(visibility=Contact.Visibility.ALL)
