"""The addresses of the workspace `/gestion/`: French paths, English names."""

from django.urls import path

from partners.record_urls import record_urls
from partners.views.manage import accounts as manage_accounts
from partners.views.manage import agencies as manage_agencies
from partners.views.manage import answers as manage_answers
from partners.views.manage import call_guides as manage_call_guides
from partners.views.manage import campaigns as manage_campaigns
from partners.views.manage import coverage as manage_coverage
from partners.views.manage import data as manage_data
from partners.views.manage import gaps as manage_gaps
from partners.views.manage import home as manage_home
from partners.views.manage import import_mappings as manage_import_mappings
from partners.views.manage import import_work as manage_import_work
from partners.views.manage import imports as manage_imports
from partners.views.manage import notes as manage_notes
from partners.views.manage import references as manage_references
from partners.views.manage import reports as manage_reports
from partners.views.manage import review as manage_review
from partners.views.manage import take as manage_take
from partners.views.manage import usage as manage_usage
from partners.views.manage import vocabulary as manage_vocabulary

vocabulary_urls = [
    path("gestion/vocabulaire/", manage_vocabulary.start, name="manage_vocabulary"),
    path(
        "gestion/vocabulaire/situations/",
        manage_vocabulary.overview,
        name="manage_vocabulary_situations",
    ),
    path(
        "gestion/vocabulaire/situations/nouvelle/",
        manage_vocabulary.create,
        name="manage_vocabulary_situation_new",
    ),
    path(
        "gestion/vocabulaire/situations/nouvelle/essayer/",
        manage_vocabulary.attempt,
        name="manage_vocabulary_situation_new_try",
    ),
    path(
        "gestion/vocabulaire/situations/<int:pk>/",
        manage_vocabulary.edit,
        name="manage_vocabulary_situation",
    ),
    path(
        "gestion/vocabulaire/situations/<int:pk>/essayer/",
        manage_vocabulary.attempt,
        name="manage_vocabulary_situation_try",
    ),
    path(
        "gestion/vocabulaire/situations/<int:pk>/deplacer/",
        manage_vocabulary.move,
        name="manage_vocabulary_situation_move",
    ),
    path(
        "gestion/vocabulaire/situations/<int:pk>/archiver/",
        manage_vocabulary.archive,
        name="manage_vocabulary_situation_archive",
    ),
    path(
        "gestion/vocabulaire/situations/<int:pk>/retablir/",
        manage_vocabulary.restore,
        name="manage_vocabulary_situation_restore",
    ),
    path(
        "gestion/vocabulaire/situations/<int:pk>/guide/<int:agency>/",
        manage_call_guides.write,
        name="manage_vocabulary_guide",
    ),
    path(
        "gestion/vocabulaire/numeros/",
        manage_references.helplines,
        name="manage_vocabulary_helplines",
    ),
    path(
        "gestion/vocabulaire/numeros/nouveau/",
        manage_references.helpline,
        name="manage_vocabulary_helpline_new",
    ),
    path(
        "gestion/vocabulaire/numeros/<int:pk>/",
        manage_references.helpline,
        name="manage_vocabulary_helpline",
    ),
    path(
        "gestion/vocabulaire/numeros/<int:pk>/deplacer/",
        manage_references.move_helpline,
        name="manage_vocabulary_helpline_move",
    ),
    path(
        "gestion/vocabulaire/sigles/",
        manage_references.terms,
        name="manage_vocabulary_terms",
    ),
    path(
        "gestion/vocabulaire/sigles/nouveau/",
        manage_references.term,
        name="manage_vocabulary_term_new",
    ),
    path(
        "gestion/vocabulaire/sigles/<int:pk>/",
        manage_references.term,
        name="manage_vocabulary_term",
    ),
    path(
        "gestion/vocabulaire/sigles/<int:pk>/retirer/",
        manage_references.remove_term,
        name="manage_vocabulary_term_remove",
    ),
    path(
        "gestion/vocabulaire/sigles/<int:pk>/retablir/",
        manage_references.restore_term,
        name="manage_vocabulary_term_restore",
    ),
    path(
        "gestion/vocabulaire/dangers/",
        manage_references.signs,
        name="manage_vocabulary_signs",
    ),
    path(
        "gestion/vocabulaire/dangers/nouveau/",
        manage_references.sign,
        name="manage_vocabulary_sign_new",
    ),
    path(
        "gestion/vocabulaire/dangers/nouveau/essayer/",
        manage_references.attempt_sign,
        name="manage_vocabulary_sign_new_try",
    ),
    path(
        "gestion/vocabulaire/dangers/<int:pk>/",
        manage_references.sign,
        name="manage_vocabulary_sign",
    ),
    path(
        "gestion/vocabulaire/dangers/<int:pk>/essayer/",
        manage_references.attempt_sign,
        name="manage_vocabulary_sign_try",
    ),
    path(
        "gestion/vocabulaire/dangers/<int:pk>/supprimer/",
        manage_references.remove_sign,
        name="manage_vocabulary_sign_remove",
    ),
]

agency_urls = [
    path(
        "gestion/agences/",
        manage_agencies.overview,
        name="manage_agencies",
    ),
    path(
        "gestion/agences/nouvelle/",
        manage_agencies.write,
        name="manage_agencies_new",
    ),
    path(
        "gestion/agences/voisinages/",
        manage_agencies.neighbours,
        name="manage_agencies_neighbours",
    ),
    path(
        "gestion/agences/voisinages/<int:pk>/<int:other>/retirer/",
        manage_agencies.part,
        name="manage_agencies_part",
    ),
    path(
        "gestion/agences/voisinages/<int:pk>/<int:other>/remettre/",
        manage_agencies.rejoin,
        name="manage_agencies_rejoin",
    ),
    path(
        "gestion/agences/<int:pk>/",
        manage_agencies.write,
        name="manage_agencies_edit",
    ),
    path(
        "gestion/agences/<int:pk>/fermer/",
        manage_agencies.close,
        name="manage_agencies_close",
    ),
]

campaign_urls = [
    path("gestion/campagnes/", manage_campaigns.overview, name="manage_campaigns"),
    path("gestion/campagnes/nouvelle/", manage_campaigns.add, name="manage_campaigns_new"),
    path("gestion/campagnes/refus/", manage_campaigns.opt_outs, name="manage_campaigns_opt_outs"),
    path(
        "gestion/campagnes/refus/<int:pk>/", manage_campaigns.opt_in, name="manage_campaigns_opt_in"
    ),
    path("gestion/campagnes/<int:pk>/", manage_campaigns.detail, name="manage_campaigns_detail"),
    path(
        "gestion/campagnes/<int:pk>/modifier/", manage_campaigns.edit, name="manage_campaigns_edit"
    ),
    path(
        "gestion/campagnes/<int:pk>/lancer/", manage_campaigns.start, name="manage_campaigns_start"
    ),
    path(
        "gestion/campagnes/<int:pk>/essai/", manage_campaigns.try_out, name="manage_campaigns_try"
    ),
    path(
        "gestion/campagnes/<int:pk>/ne-pas-ecrire/",
        manage_campaigns.leave_out,
        name="manage_campaigns_leave_out",
    ),
    path(
        "gestion/campagnes/<int:pk>/supprimer/",
        manage_campaigns.remove,
        name="manage_campaigns_remove",
    ),
    path(
        "gestion/campagnes/<int:pk>/a-appeler.csv",
        manage_campaigns.to_call,
        name="manage_campaigns_to_call",
    ),
    path(
        "gestion/campagnes/<int:pk>/gestes/<slug:gesture>/",
        manage_campaigns.act,
        name="manage_campaigns_act",
    ),
    path("gestion/propositions/", manage_answers.overview, name="manage_campaigns_answers"),
    path("gestion/propositions/decider/", manage_answers.decide, name="manage_campaigns_decide"),
    path(
        "gestion/propositions/reponses/<int:pk>/",
        manage_answers.settle,
        name="manage_campaigns_settle",
    ),
]

manage_urls = [
    *campaign_urls,
    path("gestion/", manage_home.overview, name="manage_home"),
    path("gestion/donnees/", manage_data.overview, name="manage_data"),
    path("gestion/donnees/personnes/", manage_data.contacts, name="manage_data_contacts"),
    path("gestion/donnees/personnes/<int:pk>/defaire/", manage_data.undo, name="manage_data_undo"),
    path("gestion/donnees/texte/", manage_data.text, name="manage_data_text"),
    path("gestion/comptes/", manage_accounts.overview, name="manage_accounts"),
    path("gestion/comptes/inviter/", manage_accounts.invite, name="manage_accounts_invite"),
    path(
        "gestion/comptes/inviter/plusieurs/",
        manage_accounts.invite_many,
        name="manage_accounts_invite_many",
    ),
    path(
        "gestion/comptes/invitations/<int:pk>/renvoyer/",
        manage_accounts.resend,
        name="manage_accounts_resend",
    ),
    path(
        "gestion/comptes/invitations/<int:pk>/annuler/",
        manage_accounts.cancel,
        name="manage_accounts_cancel",
    ),
    path("gestion/comptes/<int:pk>/", manage_accounts.edit, name="manage_accounts_edit"),
    path("gestion/comptes/<int:pk>/fermer/", manage_accounts.close, name="manage_accounts_close"),
    path(
        "gestion/comptes/<int:pk>/rouvrir/", manage_accounts.reopen, name="manage_accounts_reopen"
    ),
    path(
        "gestion/comptes/<int:pk>/deconnecter/",
        manage_accounts.sign_out,
        name="manage_accounts_sign_out",
    ),
    path(
        "gestion/comptes/<int:pk>/debloquer/", manage_accounts.unlock, name="manage_accounts_unlock"
    ),
    path("gestion/couverture/", manage_coverage.overview, name="manage_coverage"),
    path(
        "gestion/couverture/couverture.csv", manage_coverage.export, name="manage_coverage_export"
    ),
    path("gestion/couverture/carte/", manage_coverage.drawn, name="manage_coverage_map"),
    path("gestion/couverture/carte.json", manage_coverage.points, name="manage_coverage_points"),
    path(
        "gestion/couverture/<slug:slug>/<str:code>/",
        manage_coverage.cell,
        name="manage_coverage_cell",
    ),
    path("gestion/imports/", manage_imports.overview, name="manage_imports"),
    path(
        "gestion/imports/correspondances/",
        manage_import_mappings.overview,
        name="manage_imports_mappings",
    ),
    path(
        "gestion/imports/correspondances/<int:pk>/renommer/",
        manage_import_mappings.rename,
        name="manage_imports_mapping_rename",
    ),
    path(
        "gestion/imports/correspondances/<int:pk>/supprimer/",
        manage_import_mappings.delete,
        name="manage_imports_mapping_delete",
    ),
    path("gestion/imports/<int:pk>/", manage_import_work.detail, name="manage_imports_detail"),
    path(
        "gestion/imports/<int:pk>/colonnes/", manage_imports.columns, name="manage_imports_columns"
    ),
    path(
        "gestion/imports/<int:pk>/decider/", manage_import_work.decide, name="manage_imports_decide"
    ),
    path(
        "gestion/imports/<int:pk>/appliquer/", manage_import_work.apply, name="manage_imports_apply"
    ),
    path("gestion/imports/<int:pk>/annuler/", manage_import_work.undo, name="manage_imports_undo"),
    path(
        "gestion/imports/<int:pk>/abandonner/",
        manage_imports.abandon,
        name="manage_imports_abandon",
    ),
    path(
        "gestion/imports/<int:pk>/avancement.json",
        manage_import_work.advance,
        name="manage_imports_advance",
    ),
    path(
        "gestion/imports/<int:pk>/lignes-refusees.csv",
        manage_import_work.refused,
        name="manage_imports_refused",
    ),
    path("gestion/manques/", manage_gaps.register, name="manage_gaps"),
    path("gestion/manques/nouveau/", manage_gaps.add, name="manage_gaps_new"),
    path("gestion/manques/<int:pk>/", manage_gaps.edit, name="manage_gaps_edit"),
    path("gestion/manques/<int:pk>/retirer/", manage_gaps.remove, name="manage_gaps_remove"),
    path("gestion/notes/", manage_notes.overview, name="manage_reports_notes"),
    path("gestion/notes/<int:pk>/", manage_notes.decide, name="manage_reports_note"),
    path("gestion/notes/<int:pk>/rouvrir/", manage_notes.reopen, name="manage_reports_note_reopen"),
    path("gestion/signalements/", manage_reports.overview, name="manage_reports"),
    path("gestion/signalements/manques/", manage_reports.gaps, name="manage_reports_gaps"),
    path("gestion/signalements/manque/", manage_reports.gap, name="manage_reports_gap"),
    path("gestion/signalements/<int:pk>/", manage_reports.detail, name="manage_reports_detail"),
    path("gestion/signalements/<int:pk>/prendre/", manage_reports.take, name="manage_reports_take"),
    path(
        "gestion/signalements/<int:pk>/rendre/",
        manage_reports.release,
        name="manage_reports_release",
    ),
    path(
        "gestion/signalements/<int:pk>/rouvrir/",
        manage_reports.reopen,
        name="manage_reports_reopen",
    ),
    path("gestion/a-verifier/", manage_review.overview, name="manage_review"),
    path(
        "gestion/a-verifier/fiches/<int:pk>/", manage_review.listing, name="manage_review_listing"
    ),
    path(
        "gestion/a-verifier/numeros/<int:pk>/",
        manage_review.helpline,
        name="manage_review_helpline",
    ),
    path("gestion/a-verifier/annuler/", manage_review.undo, name="manage_review_undo"),
    path("gestion/a-verifier/chiffres/", manage_review.figures, name="manage_review_figures"),
    path("gestion/a-verifier/chiffres.csv", manage_review.figures_csv, name="manage_review_csv"),
    path("gestion/emporter/", manage_take.overview, name="manage_records_take"),
    path(
        "gestion/emporter/besoins-<int:year>.<slug:form>",
        manage_take.state_of_needs,
        name="manage_records_needs",
    ),
    path(
        "gestion/emporter/fiches.<slug:form>", manage_take.records, name="manage_records_take_file"
    ),
    path("gestion/usage/", manage_usage.overview, name="manage_usage"),
    path("gestion/usage/<slug:table>.csv", manage_usage.export, name="manage_usage_csv"),
    *vocabulary_urls,
    *agency_urls,
    *record_urls,
]
