"""French paths, English names."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from partners.manage_urls import manage_urls
from partners.views import (
    account,
    agenda,
    device,
    directory,
    documents,
    eligibility,
    favourites,
    handouts,
    listings,
    notes,
    pages,
    partner,
    proposals,
    reference,
    reports,
    search,
    theme,
    usage,
    visit_pack,
)
from partners.views import map as map_views

search_urls = [
    path("", search.home, name="home"),
    path("chercher/", search.submit, name="search_form"),
    path("suggestions/", search.complete, name="complete"),
    path("recherche/", search.results, name="results"),
    path("recherche/carte.json", map_views.results_points, name="map_data"),
    path("nouvel-appel/", search.new_call, name="new_call"),
    path("est-ce-pour/", eligibility.panel, name="eligibility"),
    path("usage/", usage.count, name="count_use"),
]

listing_urls = [
    path("fiches/<int:pk>/", listings.detail, name="listing_short"),
    path("fiches/<int:pk>-<slug:slug>/", listings.detail, name="listing"),
    path("fiches/<int:pk>/carte.json", listings.map_data, name="listing_map"),
    path("fiches/<int:pk>/documents/<int:document>/", documents.detail, name="listing_document"),
    path(
        "fiches/<int:pk>/documents/<int:document>/fichier.pdf",
        documents.download,
        name="listing_document_file",
    ),
    path("fiches/<int:pk>/signaler/", reports.report, name="report"),
    path("fiches/<int:pk>/note/", notes.write, name="note"),
    path("notes/<int:pk>/retirer/", notes.remove, name="note_remove"),
    path("notes/<int:pk>/remettre/", notes.restore, name="note_restore"),
    path("fiches/propositions/<int:pk>/", proposals.decide, name="proposal"),
    path("annuaire/<int:pk>.pdf", directory.sector, name="directory"),
    path("signaler-un-manque/", reports.report_gap, name="report_gap"),
    path("mes-signalements/", reports.mine, name="reports"),
    path("mes-signalements/vus/", reports.mark_seen, name="reports_seen"),
    path("mes-signalements/<int:pk>/", reports.reported, name="reported"),
    path("mes-signalements/<int:pk>/annuler/", reports.withdraw, name="withdraw_report"),
]

favourite_urls = [
    path("favoris/", favourites.overview, name="favourites"),
    path("favoris/dossiers/<int:pk>/", favourites.folder, name="folder"),
    path("favoris/dossiers/<int:pk>/modifier/", favourites.edit_folder, name="folder_edit"),
    path("favoris/dossiers/<int:pk>/supprimer/", favourites.delete_folder, name="folder_delete"),
    path("favoris/dossiers/<int:pk>/monter/", favourites.move_folder, name="folder_move"),
    path("favoris/fiches/<int:pk>/", favourites.mark, name="favourite"),
    path("favoris/fiches/<int:pk>/ranger/", favourites.arrange, name="arrange"),
]

handout_urls = [
    path("feuille/", handouts.sheet, name="handout"),
    path(f"feuille/{handouts.FILE_NAME}", handouts.pdf, name="handout_pdf"),
    path("feuille/page/", handouts.open_page, name="handout_open"),
    path("p/<str:token>/", handouts.page, name="handout_page"),
    path("p/<str:token>/documents/<int:pk>/", handouts.page_document, name="handout_page_document"),
]

visit_urls = [
    path("visite/", device.prepare, name="visit"),
    path("visite/paquet/", visit_pack.pack, name="visit_pack"),
    path("visite/hors-ligne/", device.offline, name="visit_offline"),
    path("visite/session/", device.session, name="visit_session"),
    path("visite/signalements/", device.send_report, name="visit_reports"),
    path("application.webmanifest", device.manifest, name="manifest"),
    path("service-worker.js", device.worker, name="service_worker"),
]

map_urls = [
    path("carte/", map_views.overview, name="map"),
    path("carte/points.json", map_views.points, name="map_points"),
    path("carte/repere/", map_views.popup, name="map_popup"),
    path("carte/contours/<str:code>.json", map_views.departement_outlines, name="outlines"),
]

reference_urls = [
    path("situations/", reference.situations, name="situations"),
    path("numeros-utiles/", reference.helplines, name="helplines"),
    path("sigles/", reference.glossary, name="glossary"),
]

account_urls = [
    path("connexion/", account.SignIn.as_view(), name="login"),
    path("deconnexion/", LogoutView.as_view(), name="logout"),
    path("mot-de-passe/oublie/", account.ask_reset, name="reset_ask"),
    path("mot-de-passe/oublie/envoye/", account.reset_asked, name="reset_asked"),
    path("mot-de-passe/<uidb64>/<token>/", account.Reset.as_view(), name="reset"),
    path("invitation/<str:token>/", account.invitation, name="invitation"),
    path("mon-compte/", account.mine, name="account"),
    path("mon-compte/mot-de-passe/", account.password, name="password"),
    path("premiers-pas/", account.first_steps, name="guide"),
    path("mon-compte/deconnecter/", account.sign_out_device, name="sign_out_device"),
]

partner_urls = [
    path("votre-fiche/repondre/", partner.answer, name="partner_answer"),
    path("votre-fiche/ouverte/", partner.opened, name="partner_opened"),
    path("votre-fiche/ne-plus-ecrire/", partner.opt_out, name="partner_opt_out"),
    path("votre-fiche/<str:token>/", partner.show, name="partner"),
    path("votre-fiche/<str:token>/merci/", partner.thanks, name="partner_thanks"),
    path("votre-fiche/<str:token>/ne-plus-ecrire/", partner.leave, name="partner_leave"),
    path("votre-fiche/<str:token>/<int:pk>/", partner.show, name="partner_record"),
]

page_urls = [
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("donnees-personnelles/", pages.privacy, name="privacy"),
    path("masquer/", pages.hide, name="hide"),
    path("sante/", pages.health, name="health"),
    path("theme.css", theme.stylesheet, name="theme"),
]

urlpatterns = [
    *search_urls,
    *listing_urls,
    path("agenda/", agenda.overview, name="calendar"),
    path("agenda/adresse/", agenda.subscribe, name="calendar_subscribe"),
    path("agenda/adresse/retirer/", agenda.unsubscribe, name="calendar_unsubscribe"),
    path("agenda/<str:secret>.ics", agenda.feed, name="calendar_feed"),
    *favourite_urls,
    *handout_urls,
    *visit_urls,
    *map_urls,
    *reference_urls,
    *manage_urls,
    *account_urls,
    *partner_urls,
    *page_urls,
]
