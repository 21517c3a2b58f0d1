"""The sections of the workspace, in the order of its navigation."""

from django.shortcuts import render

from partners import permissions

SECTIONS = [
    ("manage_home", "Aujourd'hui", "list"),
    ("manage_records", "Fiches", "file-text"),
    ("manage_imports", "Imports", "upload"),
    ("manage_merge", "Doublons", "copy"),
    ("manage_reports", "Signalements", "flag"),
    ("manage_review", "À vérifier", "circle-check"),
    ("manage_campaigns", "Campagnes", "mail"),
    ("manage_coverage", "Couverture", "map"),
    ("manage_gaps", "Manques", "circle-dashed"),
    ("manage_usage", "Usage", "chart-column"),
    ("manage_vocabulary", "Vocabulaire", "message-square"),
    ("manage_instances", "Instances", "calendar-clock"),
    ("manage_agencies", "Agences", "map-pin"),
    ("manage_data", "Données", "shield"),
    ("manage_accounts", "Comptes", "users"),
]
"""(beginning of the names of its addresses, words, icon of the sprite)."""

RESERVED = {"manage_accounts": permissions.can_administer}
"""{section that not everyone of the workspace may open: who may}."""


def page(request, template, context=None, *, status=200):
    """A page of the workspace, its navigation beside it."""
    known = {"sections": _navigation(request)}
    return render(request, f"partners/manage/{template}", known | (context or {}), status=status)


def _navigation(request):
    name = request.resolver_match.url_name
    begun = [prefix for prefix, *_ in SECTIONS if name.startswith(prefix)]
    here = max(begun, key=len, default="")
    return [
        {"url_name": prefix, "label": label, "icon": icon, "is_here": prefix == here}
        for prefix, label, icon in SECTIONS
        if prefix not in RESERVED or RESERVED[prefix](request.user)
    ]
