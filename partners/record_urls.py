"""The addresses of the workspace where records are kept: written, compared, merged, gone back."""

from django.urls import path

from partners.views.manage import announcement as manage_announcement
from partners.views.manage import criteria as manage_criteria
from partners.views.manage import drafts as manage_drafts
from partners.views.manage import history as manage_history
from partners.views.manage import instances as manage_instances
from partners.views.manage import merge as manage_merge
from partners.views.manage import place as manage_place
from partners.views.manage import preview as manage_preview
from partners.views.manage import record as manage_record
from partners.views.manage import records as manage_records
from partners.views.manage import redact as manage_redact
from partners.views.manage import relation as manage_relation
from partners.views.manage import scheme as manage_scheme
from partners.views.manage import zones as manage_zones

record_urls = [
    path(
        "gestion/fiches/<int:pk>/historique/", manage_history.history, name="manage_records_history"
    ),
    path(
        "gestion/fiches/<int:pk>/historique/<int:key>/",
        manage_history.restore,
        name="manage_records_history_restore",
    ),
    path("gestion/fiches/<int:pk>/caviarder/", manage_redact.redact, name="manage_records_redact"),
    path("gestion/fiches/", manage_records.overview, name="manage_records"),
    path("gestion/fiches/nouvelle/", manage_record.create, name="manage_records_new"),
    path("gestion/fiches/proposer/", manage_record.propose, name="manage_records_propose"),
    path("gestion/fiches/<int:pk>/", manage_record.edit, name="manage_records_edit"),
    path("gestion/doublons/", manage_merge.overview, name="manage_merge"),
    path("gestion/doublons/<int:pk>/", manage_merge.of_record, name="manage_merge_of"),
    path("gestion/doublons/<int:pk>/defaire/", manage_merge.undo, name="manage_merge_undo"),
    path("gestion/doublons/<int:first>/<int:second>/", manage_merge.pair, name="manage_merge_pair"),
    path(
        "gestion/doublons/<int:first>/<int:second>/distinctes/",
        manage_merge.tell_apart,
        name="manage_merge_apart",
    ),
    path(
        "gestion/doublons/<int:first>/<int:second>/semblables/",
        manage_merge.compare_again,
        name="manage_merge_again",
    ),
    path(
        "gestion/fiches/<int:pk>/annonce/",
        manage_announcement.announce,
        name="manage_records_announce",
    ),
    path("gestion/fiches/<int:pk>/relation/", manage_relation.edit, name="manage_records_relation"),
    path(
        "gestion/fiches/<int:pk>/relation/contact/",
        manage_relation.contacted,
        name="manage_records_contacted",
    ),
    path("gestion/fiches/a-recontacter/", manage_relation.overview, name="manage_records_due"),
    path(
        "gestion/fiches/a-recontacter/annuler/",
        manage_relation.undo,
        name="manage_records_contacted_undo",
    ),
    path("gestion/instances/", manage_instances.overview, name="manage_instances"),
    path("gestion/instances/nouvelle/", manage_instances.write, name="manage_instances_new"),
    path("gestion/instances/<int:pk>/", manage_instances.write, name="manage_instances_edit"),
    path(
        "gestion/instances/<int:pk>/dates/",
        manage_instances.add_dates,
        name="manage_instances_dates",
    ),
    path(
        "gestion/instances/<int:pk>/retirer/",
        manage_instances.remove,
        name="manage_instances_remove",
    ),
    path(
        "gestion/fiches/<int:pk>/criteres/",
        manage_criteria.overview,
        name="manage_records_criteria",
    ),
    path(
        "gestion/fiches/<int:pk>/criteres/nouveau/",
        manage_criteria.create,
        name="manage_records_criteria_new",
    ),
    path(
        "gestion/fiches/<int:pk>/criteres/<int:group>/",
        manage_criteria.edit,
        name="manage_records_criteria_edit",
    ),
    path(
        "gestion/fiches/<int:pk>/criteres/<int:group>/deplacer/",
        manage_criteria.move,
        name="manage_records_criteria_move",
    ),
    path(
        "gestion/fiches/<int:pk>/criteres/<int:group>/retirer/",
        manage_criteria.remove,
        name="manage_records_criteria_remove",
    ),
    path(
        "gestion/fiches/<int:pk>/criteres/<int:group>/remettre/",
        manage_criteria.restore,
        name="manage_records_criteria_restore",
    ),
    path(
        "gestion/fiches/<int:pk>/dispositif/", manage_scheme.details, name="manage_records_scheme"
    ),
    path(
        "gestion/fiches/<int:pk>/parties/<slug:part>/",
        manage_scheme.part,
        name="manage_records_part",
    ),
    path("gestion/fiches/<int:pk>/archiver/", manage_record.archive, name="manage_records_archive"),
    path("gestion/fiches/<int:pk>/retablir/", manage_record.restore, name="manage_records_restore"),
    path("gestion/fiches/brouillon/", manage_drafts.keep, name="manage_records_draft"),
    path(
        "gestion/fiches/brouillon/<int:pk>/effacer/",
        manage_drafts.discard,
        name="manage_records_draft_discard",
    ),
    path("gestion/fiches/apercu/", manage_preview.preview, name="manage_records_preview"),
    path("gestion/fiches/situer/", manage_place.locate, name="manage_records_locate"),
    path("gestion/zones/dessin/", manage_zones.drawn, name="manage_zones_drawn"),
    path("gestion/zones/choisir/", manage_zones.choose, name="manage_zones_choose"),
]
