"""The Django admin, a tool for IT: every page opens, and what it saves is found."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from partners.models import Listing, Proposal, SourceRecord, User, derived
from tests.factories import ListingFactory, UserFactory, scheme_with_all, territory

pytestmark = pytest.mark.django_db
LOOKED_AT = {SourceRecord, Proposal}  # filled by imports, decided on the record's page
OURS = [model for model in admin.site._registry if model._meta.app_label == "partners"]


@pytest.fixture
def administrator():
    """Django's own pages hold styles that the strict client would refuse."""
    client = Client()
    role = User.Role.ADMINISTRATOR
    client.force_login(UserFactory(role=role, is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("model", OURS)
@pytest.mark.parametrize("view", ["changelist", "add"])
def test_every_page_opens(administrator, model, view):
    url = reverse(f"admin:partners_{model._meta.model_name}_{view}")
    expected = 403 if view == "add" and model in LOOKED_AT else 200
    assert administrator.get(url).status_code == expected


@pytest.mark.parametrize("role", set(User.Role) - {User.Role.ADMINISTRATOR})
def test_other_roles_stay_out(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("admin:index")).status_code == 302


def save(client, listing, **changes):
    page = client.get(reverse("admin:partners_listing_change", args=[listing.pk]))
    body = initial(page.context["adminform"].form)
    for formset in page.context["inline_admin_formsets"]:
        body |= initial(formset.formset.management_form)
        for form in formset.formset.initial_forms:
            body |= initial(form)
    url = reverse("admin:partners_listing_change", args=[listing.pk])
    response = client.post(url, body | changes, follow=True)
    assert response.redirect_chain, response.context["errors"]
    return response


def initial(form):
    values = {form.add_prefix(name): form[name].value() for name in form.fields}
    texts = {name: ",".join(v) if isinstance(v, list) else v for name, v in values.items()}
    return {
        name: value for name, value in texts.items() if value is not None and value is not False
    }


def test_zone_that_is_changed_is_searched_at_once(administrator):
    listing = ListingFactory(email="accueil@example.org")
    vendee = territory("departement", "85")
    response = save(
        administrator,
        listing,
        **{
            "zone_links-TOTAL_FORMS": 2,
            "zone_links-1-territory": vendee.pk,
            "zone_links-1-listing": listing.pk,
        },
    )
    assert response.status_code == 200
    assert Listing.objects.covering([vendee.pk]).get() == listing
    assert not derived.stale().exists()


def test_structure_that_is_renamed_is_found_at_once_by_its_schemes(administrator):
    structure = ListingFactory(email="accueil@example.org")
    scheme = ListingFactory(kind=Listing.Kind.SCHEME)
    scheme.scheme_roles.create(structure=structure, role="operateur")
    derived.refresh()
    save(administrator, structure, name="Relais renommé")
    assert not derived.stale().exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("website", "ftp://example.org", "page du web"),
        ("source_url", "ftp://example.org", "page du web"),
        ("notice_until", "9999-12-31", "entre 1900 et 2099"),
        ("convention_until", "0001-01-01", "entre 1900 et 2099"),
    ],
)
def test_what_no_other_form_takes_is_refused_here_too(administrator, name, value, said):
    listing = ListingFactory()
    url = reverse("admin:partners_listing_change", args=[listing.pk])
    answer = administrator.post(url, {name: value})
    assert said in "".join(answer.context["adminform"].form.errors[name])


def test_what_stands_around_a_scheme_is_read_and_not_written(administrator):
    scheme = scheme_with_all()
    page = administrator.get(reverse("admin:partners_listing_change", args=[scheme.pk])).text
    for said in ("75\u00a0ans ou plus", "Rendez-vous", "Bail", "Grille", "Sans bail", "Guichet"):
        assert said in page
    assert "criterion_groups-0-sentence" not in page
    save(administrator, scheme, name="Fonds changé")
    assert scheme.steps.count() == scheme.criterion_groups.count() == 1


def test_text_that_names_somebody_warns_and_is_saved(administrator):
    listing = ListingFactory()
    response = save(administrator, listing, description="Mme Durand y est suivie.")
    listing.refresh_from_db()
    assert listing.description == "Mme Durand y est suivie."
    assert "Ligne suspecte" in response.content.decode()


def test_page_of_a_scheme_holds_no_list_of_all_records_and_territories(administrator):
    other, scheme = ListingFactory(name="Une tout autre fiche"), scheme_with_all()
    page = administrator.get(reverse("admin:partners_listing_change", args=[scheme.pk]))
    html = page.content.decode()
    assert "Guichet" in html  # the office of its entry point
    assert other.name not in html
    assert "Noirmoutier" not in html
