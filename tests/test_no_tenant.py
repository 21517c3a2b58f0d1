"""Rule R1: nothing here can hold a tenant.

Every text or JSON field of every installed model stands below with its purpose. A new one fails the
test until somebody has asked what a person in a hurry could write in it, and has said why it is
needed. Fields with a closed list of choices hold slugs, so they are not asked.
"""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

PLACE = "a public administrative place"
VOCABULARY = "the landlord's own words, public"
PARTNER = "a partner organisation, public"
STAFF_NOTE = "about a partner or a line; the form warns (rule R2)"
ACCOUNT = "an employee's account"
SIGN_IN = "sign-in trace of an employee, erased after six months (rule R8)"
QUEUE = "a job to do: its name, and keys of rows"
FRAMEWORK = "written by the framework from code or from the fields listed here"

CALL_WORDS = "opening questions red_flags not_to_promise escalate_to"
SAID_ON_THE_PHONE = "what to say on the telephone, in general; the form warns (rule R2)"

PURPOSES = {
    "partners.Territory": {"code name search_key postal_codes": PLACE},
    "partners.TerritoryAlias": {"code name search_key": PLACE},
    "partners.Outline": {"geometry": PLACE},
    "partners.Agency": {"slug name phone email address opening_hours": "an office of the landlord"},
    "partners.InternalReferent": {"name phone email": "an employee or a function at the landlord"},
    "partners.Helpline": {
        "slug name number href audience hours source": VOCABULARY,
        "staff_note": STAFF_NOTE,
    },
    "partners.Situation": {
        "slug label description icon synonyms typical_partners themes": VOCABULARY
    },
    "partners.CallGuide": {CALL_WORDS: SAID_ON_THE_PHONE},
    "partners.AgencyCallGuide": {CALL_WORDS: SAID_ON_THE_PHONE},
    "partners.DangerSign": {"slug label words message alarms calms": VOCABULARY},
    "partners.GlossaryTerm": {
        "acronym expansion definition category ambiguous_with aliases source": VOCABULARY
    },
    "partners.Listing": {
        "name acronym summary search_key siret networks themes": PARTNER,
        "address address_extra postal_code accessibility_url": "where a partner receives",
        "phone phone_instructions professional_phone email website": "how to reach a partner",
        "opening_hours opening_hours_note fees_details": PARTNER,
        "description audience_details access_conditions": STAFF_NOTE,
        "mobilisation_details mobilisation_url suspension_message notice": STAFF_NOTE,
        "source source_id source_url": "where the record comes from",
    },
    "partners.SearchEntry": {
        "search_key acronym opening_hours structure_type departement permanences": (
            "repeated from the record and its permanences"
        )
    },
    "partners.CriterionGroup": {"title": "for whom a scheme is; the form warns (rule R2)"},
    "partners.Criterion": {
        "label question help_text redirect_text source": (
            "for whom a scheme is, in general; the form warns (rule R2)"
        )
    },
    "partners.Permanence": {"place address hours": "where and when a partner receives"},
    "partners.WayThere": {"without_car": "how one comes to a partner; the form warns (rule R2)"},
    "partners.Contact": {
        "name function phone email source": "a professional at a partner (rule R6)"
    },
    "partners.SourceRecord": {"source identifier licence imprint": "a row of public open data"},
    "partners.Proposal": {"fact cells source": "a partner's values in public open data"},
    "partners.Report": {
        "message": "what is wrong with a record; the form warns (rule R2)",
        "answer": "what was done about it; the form warns (rule R2)",
    },
    "partners.LocalNote": {
        "text": "what an agency knows of a partner, read by a manager; the form warns (rule R2)",
        "answer": "why it was refused; the form warns (rule R2)",
    },
    "partners.Campaign": {
        "name subject body": "a message to partners; the form warns (rule R2)",
    },
    "partners.Letter": {
        "email key": "a partner's address, what stands for its link",
        "error": "what the mail server said of this address",
    },
    "partners.Reply": {
        "zone_words message": "what a partner says of its own record; the page warns (rule R2)"
    },
    "partners.OptOut": {"email": "a partner's address that asked to be left alone"},
    "partners.Relation": {
        "expected_of_us we_expect": "about a partner, for managers only; the form warns (rule R2)"
    },
    "partners.SchemeDetails": {
        "objective use_order after_yes after_no to_check": (
            "how a scheme works, in general; the form warns (rule R2)"
        ),
        "duration renewal capacity legal_basis legal_version legal_url": PARTNER,
    },
    "partners.EntryPoint": {
        "label phone email website": "an office that instructs a scheme",
        "note": STAFF_NOTE,
    },
    "partners.Step": {
        "title actor delay place": PARTNER,
        "aim": "what a step is for, in general; the form warns (rule R2)",
    },
    "partners.Alternative": {"reason": "for whom another scheme is; the form warns (rule R2)"},
    "partners.Ceiling": {"label source source_url": "amounts of a public text"},
    "partners.Document": {
        "title version url file_name": "a worksheet or leaflet of a partner",
        "text": "a worksheet, in general; the form warns (rule R2)",
    },
    "partners.DocumentFile": {"content": "the PDF of a leaflet, chosen by a manager"},
    "partners.Paper": {"name note": "what anyone brings to a partner; the form warns (rule R2)"},
    "partners.Instance": {
        "name acronym rhythm_note website source": PARTNER,
        "role appeal": "what a commission decides, in general; the form warns (rule R2)",
    },
    "partners.Meeting": {"place": "where a commission meets"},
    "partners.CalendarKey": {"digest": "the fingerprint of a secret address"},
    "partners.HandOut": {"digest": "the fingerprint of a secret address"},
    "partners.Gap": {"note": "what is missing on a territory; the form warns (rule R2)"},
    "partners.Merge": {"moved": "keys of rows, no text"},
    "partners.FormDraft": {
        "key": "which form of a record",
        "fields before": "a record being written, thirty days at most; the form warns (rule R2)",
    },
    "partners.Folder": {"name search_key": "a colleague's word for a few partners; the form warns"},
    "partners.ApiToken": {
        "name start": "a tool that reads the directory",
        "digest": "the fingerprint of its secret",
    },
    "partners.Upload": {
        "file_name fingerprint": "which census was imported",
        "content sheet": "a census of partners, erased once applied or abandoned (rule R8)",
        "mapping decisions": "columns of a census, and what a manager decided of its rows",
        "problem remarks counts": "what the importer says of it",
    },
    "partners.UploadRow": {
        "name alike choice": "a partner, and the records that it may be",
        "changes refusals warnings": "a plan, without its values once applied (rule R8)",
        "undo_notes": "what the importer says of it",
    },
    "partners.UploadSheet": {
        "name content": "a sheet of such a census; it goes when the file goes",
    },
    "partners.SavedMapping": {"name signature content": "names of columns, chosen by a manager"},
    "partners.User": {"password first_name last_name email": ACCOUNT},
    "admin.LogEntry": {"object_id object_repr change_message": FRAMEWORK},
    "auth.Permission": {"name codename": FRAMEWORK},
    "auth.Group": {"name": FRAMEWORK},
    "contenttypes.ContentType": {"app_label model": FRAMEWORK},
    "procrastinate.ProcrastinateJob": {"args lock queue_name queueing_lock task_name": QUEUE},
    "procrastinate.ProcrastinatePeriodicDefer": {"task_name periodic_id": QUEUE},
    "partners.Session": {
        "session_key session_data": "the signed-in account, nothing of a call",
        "device": "the browser and system of an employee, in words",
    },
    "partners.Invitation": {"email": "an employee's address", "nonce": FRAMEWORK},
    "partners.Redaction": {"what": "the kind of value that was removed, never the value"},
    "partners.NoticeText": {"subject body": "a letter to partners, the same for all"},
    "partners.PurgeRun": {"counts": "how many rows were erased"},
    "axes.AccessFailureLog": {"user_agent ip_address username http_accept path_info": SIGN_IN},
    "axes.AccessAttempt": {
        "user_agent ip_address username http_accept path_info get_data post_data": SIGN_IN
    },
    "axes.AccessLog": {
        "user_agent ip_address username http_accept path_info session_hash": SIGN_IN
    },
    "pghistory.Context": {"metadata": "which account changed a record, at which address"},
}
HISTORY_VIEWS = {"pghistory.Events", "pghistory.MiddlewareEvents"}  # unions of the event tables


def test_every_text_field_is_known_and_has_a_purpose():
    found = {
        model._meta.label: {field.name for field in model._meta.concrete_fields if is_text(field)}
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        and not hasattr(model, "pgh_tracked_model")
        and model._meta.label not in HISTORY_VIEWS
    }
    known = {
        label: {name for names in purposes for name in names.split()}
        for label, purposes in PURPOSES.items()
    }
    assert {label: names for label, names in found.items() if names} == known


@pytest.mark.parametrize("event", [m for m in apps.get_models() if hasattr(m, "pgh_tracked_model")])
def test_history_keeps_no_text_that_the_record_has_not(event):
    tracked = {field.name for field in event.pgh_tracked_model._meta.concrete_fields}
    kept = {field.name for field in event._meta.concrete_fields if is_text(field)}
    assert {name for name in kept if not name.startswith("pgh_")} <= tracked


def is_text(field):
    base = field.base_field if isinstance(field, ArrayField) else field
    texts = (models.CharField, models.TextField, models.JSONField, models.FileField)
    addresses = (models.GenericIPAddressField, models.BinaryField)
    return isinstance(base, (*texts, *addresses)) and not base.choices
