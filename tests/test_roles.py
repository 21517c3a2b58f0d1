"""Who may open what, for every address of the workspace and every role."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from partners.manage_urls import manage_urls
from partners.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MANAGERS = [User.Role.MANAGER, User.Role.ADMINISTRATOR]
OTHERS = [role for role in User.Role if role not in MANAGERS]
ADMINISTRATION = {
    "manage_accounts": {},
    "manage_accounts_invite": {},
    "manage_accounts_invite_many": {},
    "manage_accounts_resend": {"pk": 1},
    "manage_accounts_cancel": {"pk": 1},
    "manage_accounts_edit": {"pk": 1},
    "manage_accounts_close": {"pk": 1},
    "manage_accounts_reopen": {"pk": 1},
    "manage_accounts_sign_out": {"pk": 1},
    "manage_accounts_unlock": {"pk": 1},
}
"""Those of administrators alone."""

ADDRESSES = ADMINISTRATION | {
    "manage_home": {},
    "manage_campaigns": {},
    "manage_campaigns_new": {},
    "manage_campaigns_opt_outs": {},
    "manage_campaigns_opt_in": {"pk": 1},
    "manage_campaigns_detail": {"pk": 1},
    "manage_campaigns_edit": {"pk": 1},
    "manage_campaigns_start": {"pk": 1},
    "manage_campaigns_try": {"pk": 1},
    "manage_campaigns_leave_out": {"pk": 1},
    "manage_campaigns_remove": {"pk": 1},
    "manage_campaigns_to_call": {"pk": 1},
    "manage_campaigns_act": {"pk": 1, "gesture": "clore"},
    "manage_campaigns_answers": {},
    "manage_campaigns_decide": {},
    "manage_campaigns_settle": {"pk": 1},
    "manage_coverage": {},
    "manage_coverage_export": {},
    "manage_coverage_map": {},
    "manage_coverage_points": {},
    "manage_coverage_cell": {"slug": "isolement", "code": "248500464"},
    "manage_records_history": {"pk": 1},
    "manage_data": {},
    "manage_data_contacts": {},
    "manage_data_undo": {"pk": 1},
    "manage_data_text": {},
    "manage_records_redact": {"pk": 1},
    "manage_records_history_restore": {"pk": 1, "key": 1},
    "manage_merge": {},
    "manage_merge_of": {"pk": 1},
    "manage_merge_undo": {"pk": 1},
    "manage_merge_pair": {"first": 1, "second": 2},
    "manage_merge_apart": {"first": 1, "second": 2},
    "manage_merge_again": {"first": 1, "second": 2},
    "manage_imports": {},
    "manage_imports_mappings": {},
    "manage_imports_mapping_rename": {"pk": 1},
    "manage_imports_mapping_delete": {"pk": 1},
    "manage_imports_detail": {"pk": 1},
    "manage_imports_columns": {"pk": 1},
    "manage_imports_decide": {"pk": 1},
    "manage_imports_apply": {"pk": 1},
    "manage_imports_undo": {"pk": 1},
    "manage_imports_abandon": {"pk": 1},
    "manage_imports_advance": {"pk": 1},
    "manage_imports_refused": {"pk": 1},
    "manage_records_scheme": {"pk": 1},
    "manage_records_part": {"pk": 1, "part": "papiers"},
    "manage_instances": {},
    "manage_instances_new": {},
    "manage_instances_edit": {"pk": 1},
    "manage_instances_dates": {"pk": 1},
    "manage_instances_remove": {"pk": 1},
    "manage_gaps": {},
    "manage_gaps_new": {},
    "manage_gaps_edit": {"pk": 1},
    "manage_gaps_remove": {"pk": 1},
    "manage_reports": {},
    "manage_reports_gaps": {},
    "manage_reports_gap": {},
    "manage_reports_detail": {"pk": 1},
    "manage_reports_take": {"pk": 1},
    "manage_reports_release": {"pk": 1},
    "manage_reports_reopen": {"pk": 1},
    "manage_reports_notes": {},
    "manage_reports_note": {"pk": 1},
    "manage_reports_note_reopen": {"pk": 1},
    "manage_review": {},
    "manage_review_listing": {"pk": 1},
    "manage_review_helpline": {"pk": 1},
    "manage_review_undo": {},
    "manage_review_figures": {},
    "manage_review_csv": {},
    "manage_records_take": {},
    "manage_records_needs": {"year": 2026, "form": "csv"},
    "manage_records_take_file": {"form": "csv"},
    "manage_usage": {},
    "manage_usage_csv": {"table": "situations"},
    "manage_vocabulary": {},
    "manage_vocabulary_situations": {},
    "manage_vocabulary_situation_new": {},
    "manage_vocabulary_situation_new_try": {},
    "manage_vocabulary_situation": {"pk": 1},
    "manage_vocabulary_situation_try": {"pk": 1},
    "manage_vocabulary_situation_move": {"pk": 1},
    "manage_vocabulary_situation_archive": {"pk": 1},
    "manage_vocabulary_situation_restore": {"pk": 1},
    "manage_vocabulary_guide": {"pk": 1, "agency": 1},
    "manage_vocabulary_helplines": {},
    "manage_vocabulary_helpline_new": {},
    "manage_vocabulary_helpline": {"pk": 1},
    "manage_vocabulary_helpline_move": {"pk": 1},
    "manage_vocabulary_terms": {},
    "manage_vocabulary_term_new": {},
    "manage_vocabulary_term": {"pk": 1},
    "manage_vocabulary_term_remove": {"pk": 1},
    "manage_vocabulary_term_restore": {"pk": 1},
    "manage_vocabulary_signs": {},
    "manage_vocabulary_sign_new": {},
    "manage_vocabulary_sign_new_try": {},
    "manage_vocabulary_sign": {"pk": 1},
    "manage_vocabulary_sign_try": {"pk": 1},
    "manage_vocabulary_sign_remove": {"pk": 1},
    "manage_agencies": {},
    "manage_agencies_new": {},
    "manage_agencies_neighbours": {},
    "manage_agencies_part": {"pk": 1, "other": 2},
    "manage_agencies_rejoin": {"pk": 1, "other": 2},
    "manage_agencies_edit": {"pk": 1},
    "manage_agencies_close": {"pk": 1},
    "manage_records": {},
    "manage_records_new": {},
    "manage_records_propose": {},
    "manage_records_edit": {"pk": 1},
    "manage_records_criteria": {"pk": 1},
    "manage_records_criteria_new": {"pk": 1},
    "manage_records_criteria_edit": {"pk": 1, "group": 1},
    "manage_records_criteria_move": {"pk": 1, "group": 1},
    "manage_records_criteria_remove": {"pk": 1, "group": 1},
    "manage_records_criteria_restore": {"pk": 1, "group": 1},
    "manage_records_archive": {"pk": 1},
    "manage_records_announce": {"pk": 1},
    "manage_records_relation": {"pk": 1},
    "manage_records_contacted": {"pk": 1},
    "manage_records_due": {},
    "manage_records_contacted_undo": {},
    "manage_records_restore": {"pk": 1},
    "manage_records_draft": {},
    "manage_records_draft_discard": {"pk": 1},
    "manage_records_locate": {},
    "manage_records_preview": {},
    "manage_zones_drawn": {},
    "manage_zones_choose": {},
}
"""{name of an address of the workspace: the arguments to ask for it with}."""


def sign_in(client, role):
    client.force_login(UserFactory(role=role))
    return client


def test_every_address_of_the_workspace_is_in_the_table():
    assert {pattern.name for pattern in manage_urls} == set(ADDRESSES)


def opened(client, names):
    """The addresses (of these names) that this client may ask for in some way."""
    asked = [(name, method) for name in names for method in ("get", "post")]
    return [
        (name, method)
        for name, method in asked
        if getattr(client, method)(reverse(name, kwargs=ADDRESSES[name])).status_code
        not in {403, 405}
    ]


@pytest.mark.parametrize("role", OTHERS)
def test_workspace_is_closed_to_other_roles(client, role):
    assert opened(sign_in(client, role), ADDRESSES) == []


def test_administration_is_closed_to_managers(client):
    assert opened(sign_in(client, User.Role.MANAGER), ADMINISTRATION) == []


@pytest.mark.parametrize("role", MANAGERS)
def test_accounts_are_in_the_navigation_of_administrators_only(client, role):
    page = sign_in(client, role).get(reverse("manage_home")).content.decode()
    assert (reverse("manage_accounts") in page) == (role == User.Role.ADMINISTRATOR)


def test_workspace_sends_who_has_not_signed_in_to_do_so(client):
    for name, arguments in ADDRESSES.items():
        answer = client.get(reverse(name, kwargs=arguments))
        where = answer.headers.get("Location", "").partition("?")[0]
        assert (name, answer.status_code, where) == (name, 302, reverse("login"))


@pytest.mark.parametrize(
    ("sent", "fields", "back"),
    [
        ("/gestion/signalements/7/prendre/", {}, "/gestion/signalements/7/"),
        ("/gestion/campagnes/7/gestes/clore/", {}, "/gestion/campagnes/7/"),
        ("/gestion/a-verifier/fiches/7/", {"suite": "/gestion/a-verifier/?page=2"}, None),
    ],
)
def test_button_pressed_after_the_session_ended_leads_back_to_its_page(client, sent, fields, back):
    answer = client.post(sent, fields)
    where = parse_qs(urlsplit(answer.url).query)["next"]
    assert where == [back or fields["suite"]]
    assert "Votre session était finie" in client.get(answer.url).content.decode()


@pytest.mark.parametrize("role", MANAGERS)
def test_workspace_is_open_to_those_who_keep_the_directory(client, role):
    assert sign_in(client, role).get(reverse("manage_home")).status_code == 200


@pytest.mark.parametrize("role", User.Role)
def test_link_to_the_workspace_is_for_those_who_may_open_it(client, role):
    page = sign_in(client, role).get("/situations/").content.decode()
    assert (reverse("manage_home") in page) == (role in MANAGERS)
