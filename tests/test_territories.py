"""The territory of France: what the files say, and what loading them does to a database."""

import re
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count

from partners.imports import france, territories
from partners.models import Neighbour, Outline, Territory, TerritoryAlias

pytestmark = pytest.mark.django_db
Kind = Territory.Kind


def commune(code):
    return Territory.objects.get(kind=Kind.COMMUNE, code=code)


def counts(report):
    return {c.label: (c.created, c.changed, c.unchanged) for c in report.counts}


@pytest.fixture(scope="session")
def files():
    return france.read()


# What is loaded


def test_the_vendee_has_its_communes_and_epcis():
    assert Territory.objects.communes().of_departement("85").count() == 253
    epcis = Territory.objects.filter(kind=Kind.EPCI)
    assert epcis.of_departement("85").count() == 19


def test_all_regions_departements_and_france_are_there_whatever_the_departement_asked():
    kinds = [Kind.REGION, Kind.DEPARTEMENT, Kind.COUNTRY]
    assert [Territory.objects.filter(kind=kind).count() for kind in kinds] == [26, 109, 1]
    assert Territory.objects.get(kind=Kind.COUNTRY).code == "france"


def test_ile_d_yeu_is_an_island_without_epci():
    yeu = commune("85113")
    assert yeu.is_island
    assert yeu.epci is None
    assert (yeu.departement.code, yeu.region.code) == ("85", "52")


def test_noirmoutier_has_a_bridge_so_it_is_no_island_and_touches_the_mainland():
    noirmoutier = commune("85163")
    assert not noirmoutier.is_island
    bridges = noirmoutier.epci.neighbours.filter(link=Neighbour.Link.BRIDGE)
    assert {bridge.other.departement.code for bridge in bridges} == {"85"}


def test_a_commune_of_the_vendee_has_its_epci_codes_and_point():
    pouzauges = commune("85182")
    assert pouzauges.epci.name == "CC du Pays de Pouzauges"
    assert pouzauges.postal_codes == ["85700"]
    assert pouzauges.population > 5000
    assert (pouzauges.latitude, pouzauges.longitude) == pytest.approx((46.78, -0.83), abs=0.05)


def test_names_keep_their_accents_and_sort_without_them():
    presquile = commune("85001")
    assert presquile.name == "L'Aiguillon-la-Presqu'île"
    assert presquile.search_key == "aiguillon la presqu ile"


def test_every_outline_of_the_vendee_is_there():
    assert Outline.objects.filter(territory__departement__code="85").count() == 253
    assert {outline.geometry["type"] for outline in Outline.objects.all()} == {
        "Polygon",
        "MultiPolygon",
    }


def test_wider_places_stand_where_their_inhabitants_are():
    vendee = Territory.objects.get(kind=Kind.DEPARTEMENT, code="85")
    assert (vendee.latitude, vendee.longitude) == pytest.approx((46.68, -1.35), abs=0.1)
    epci = commune("85182").epci
    assert epci.latitude == pytest.approx(46.78, abs=0.1)
    assert epci.population == sum(
        Territory.objects.filter(epci=epci).values_list("population", flat=True)
    )


def test_neighbours_are_stored_both_ways():
    pairs = set(Neighbour.objects.values_list("territory_id", "other_id", "link"))
    assert pairs
    assert pairs == {(other, one, link) for one, other, link in pairs}


def test_epcis_are_loaded_whole_even_beyond_the_departements_asked(files):
    loaded = Territory.objects.filter(kind=Kind.EPCI).annotate(size=Count("epci_communes"))
    sizes = Counter(place.epci for place in files.communes)
    assert all(epci.size == sizes[epci.code] for epci in loaded)
    redon = Territory.objects.communes().get(code="35236").epci
    assert redon.departement is None
    assert redon.neighbours.exists()


def test_a_former_commune_is_an_alias_of_the_one_of_today():
    alias = TerritoryAlias.objects.get(code="85154")
    assert (alias.name, alias.territory.name) == (
        "Mouilleron-en-Pareds",
        "Mouilleron-Saint-Germain",
    )


def test_a_delegated_commune_that_gave_its_code_is_kept_under_that_code():
    alias = TerritoryAlias.objects.get(code="85008")
    assert (alias.name, alias.territory.code) == ("Aubigny", "85008")


# The files themselves


def test_the_files_hold_all_of_france(files):
    assert len(files.communes) == 34_969
    assert len(files.epcis) == 1255
    assert len(files.former_communes) == 2641
    assert sum(old.code == old.commune for old in files.former_communes) == 587


def test_islands_bear_the_names_that_the_list_says(files):
    names = {place.code: place.name for place in files.communes}
    assert {code: names[code] for code in france.ISLANDS} == france.ISLANDS


def test_metropolitan_communes_without_epci_are_all_islands(files):
    alone = {c.code for c in files.communes if not c.epci and c.code < "97"}
    assert alone == {"22016", "29083", "29155", "85113"}
    assert alone <= france.ISLANDS.keys()


def test_places_without_a_single_known_point_have_none(files):
    southern_lands = next(d for d in files.departements if d.code == "984")
    assert (southern_lands.latitude, southern_lands.longitude) == (None, None)


# Loading again


def test_loading_again_changes_nothing_and_leaves_no_history():
    before = Territory.pgh_event_model.objects.count()
    report = territories.load(departements=["85"])
    assert all(created == changed == 0 for created, changed, _unchanged in counts(report).values())
    assert counts(report)["communes"] == (0, 0, 253)
    assert report.gone == []
    assert Territory.pgh_event_model.objects.count() == before


def test_what_differs_from_the_files_is_put_right_once_with_its_history():
    Territory.objects.filter(code="85182").update(
        name="Pouzauge", search_key="pouzauge", latitude=1, longitude=1, epci=None
    )
    report = territories.load(departements=["85"])
    assert counts(report)["communes"] == (0, 1, 252)
    pouzauges = commune("85182")
    assert (pouzauges.name, pouzauges.search_key) == ("Pouzauges", "pouzauges")
    assert pouzauges.epci is not None
    event = Territory.pgh_event_model.objects.filter(pgh_obj=pouzauges).latest("pgh_id")
    assert event.pgh_context.metadata["origine"] == "référentiel des territoires"


def test_what_a_manager_decided_stays():
    Territory.objects.filter(code="85113").update(is_island=False)
    yeu, pouzauges = commune("85113"), commune("85182").epci
    far = commune("85163").epci
    Neighbour.objects.create(territory=pouzauges, other=far, link=Neighbour.Link.MANUAL)
    removed = pouzauges.neighbours.exclude(other=far).first()
    removed.delete()
    kept = pouzauges.neighbours.exclude(other=far).first()
    Neighbour.objects.filter(pk=kept.pk).update(link=Neighbour.Link.MANUAL)

    territories.load(departements=["85"])

    yeu.refresh_from_db()
    kept.refresh_from_db()
    assert not yeu.is_island
    assert pouzauges.neighbours.filter(other=far, link=Neighbour.Link.MANUAL).exists()
    assert not pouzauges.neighbours.filter(other=removed.other_id).exists()
    assert kept.link == Neighbour.Link.MANUAL


def test_a_commune_that_left_the_files_is_kept_and_named():
    gone = Territory.objects.create(
        kind=Kind.COMMUNE,
        code="85999",
        name="Ancienne-Commune",
        departement=Territory.objects.get(kind=Kind.DEPARTEMENT, code="85"),
    )
    report = territories.load(departements=["85"])
    assert report.gone == [gone]
    assert Territory.objects.filter(pk=gone.pk).exists()


def test_an_import_cut_in_the_middle_leaves_nothing():
    def cut(batches, label):
        yield from batches
        if label == "communes":
            raise KeyboardInterrupt

    before = Territory.objects.count()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        territories.load(departements=["29"], track=cut)
    assert Territory.objects.count() == before


def test_all_of_france_loads():
    report = territories.load()
    assert Territory.objects.communes().count() == 34_969
    assert Territory.objects.filter(kind=Kind.EPCI).count() == 1255
    assert report.gone == []
    assert Neighbour.objects.count() == 2 * 3518
    assert commune("22016").is_island
    assert TerritoryAlias.objects.get(code="75101").territory.code == "75056"


# The command


def test_the_command_says_what_it_did_in_french(capsys):
    call_command("import_territories", departement=["85"])
    out, err = capsys.readouterr()
    assert "Communes\u00a0: 0 ajout, 0 changement, 253 à l'identique" in out
    assert "Contours (fournis)\u00a0: 0 ajout, 0 changement, 253 à l'identique" in out
    assert err == ""


def test_the_command_names_what_left_the_files(capsys):
    Territory.objects.create(kind=Kind.COMMUNE, code="85999", name="Ancienne-Commune")
    call_command("import_territories", departement=["85"])
    assert "Ancienne-Commune (85999)" in capsys.readouterr().out


@pytest.mark.parametrize("code", ["99", "", "85 ", "Vendée"])
def test_an_unknown_departement_is_refused(code):
    with pytest.raises(CommandError, match=re.escape("Département inconnu\u00a0: ")):
        call_command("import_territories", departement=[code], verbosity=0)
