"""Which record a row is."""

from partners.imports.matching import Identity, match


def identity(number, name="CCAS de Pouzauges", **values):
    values = {
        "kind": "structure", "source": "", "source_id": "", "siret": "", "commune": 85182,
        "phone": "",
    } | values  # fmt: skip
    return Identity(number=number, name=name, key=name.lower(), **values)


def one(row, *known):
    return match([row], known)[row.number]


def test_identifier_in_the_same_source_comes_first():
    known = identity(1, source="A", source_id="x", name="Autre"), identity(2)
    assert one(identity(10, source="A", source_id="x"), *known).number == 1


def test_same_identifier_in_another_source_is_another_record():
    known = identity(1, "Autre", source="B", source_id="x")
    assert one(identity(10, source="A", source_id="x"), known).number is None


def test_siret_comes_before_the_name():
    known = identity(1, "Autre nom", siret="1"), identity(2)
    assert one(identity(10, siret="1"), *known).number == 1


def test_name_and_commune_match_a_record_without_identifier():
    assert one(identity(10, source="A", source_id="x"), identity(1)).number == 1
    assert one(identity(10), identity(1, commune=85001)).number is None
    assert one(identity(10), identity(1, kind="dispositif")).number is None


def test_match_by_likeness_is_said_when_the_row_has_an_identifier():
    assert (
        "rapprochée par le nom" in one(identity(10, source="A", source_id="x"), identity(1)).warning
    )
    assert one(identity(10), identity(1)).warning == ""


def test_other_identifier_of_the_same_source_is_never_a_match():
    known = identity(1, source="A", source_id="y", siret="1")
    assert one(identity(10, source="A", source_id="x", siret="1"), known).number is None


def test_two_sirets_are_two_records_whatever_the_name():
    assert one(identity(10, siret="1"), identity(1, siret="2")).number is None


def test_telephone_tells_namesakes_apart():
    known = identity(1, phone="a"), identity(2, phone="b")
    assert one(identity(10, phone="b"), *known).number == 2
    assert "plusieurs fiches lui ressemblent" in one(identity(10, phone="c"), *known).refusal


def test_several_records_of_one_siret_are_told_apart_by_name():
    known = identity(1, "A", siret="1"), identity(2, "B", siret="1")
    assert one(identity(10, "B", siret="1"), *known).number == 2
    assert one(identity(10, "C", siret="1"), *known).number is None


def test_same_identifier_twice_in_the_file_is_refused():
    rows = identity(2, source="A", source_id="x"), identity(3, "B", source="A", source_id="x")
    matches = match(rows, [])
    assert matches[2].refusal == ""
    assert matches[3].refusal == "même identifiant que la ligne 2"


def test_same_partner_twice_in_the_file_is_refused():
    assert "que la ligne 2" in match([identity(2), identity(3)], [])[3].refusal
    assert "que la ligne 2" in match([identity(2), identity(3)], [identity(1)])[3].refusal


def test_identifiers_tell_two_rows_of_a_file_apart():
    rows = [identity(n, source="A", source_id=str(n), siret="1") for n in (2, 3)]
    assert [found.number for found in match(rows, []).values()] == [None, None]
    assert [found.number for found in match(rows, [identity(1, siret="1")]).values()] == [1, None]


def test_record_found_by_its_identifier_is_not_given_to_a_row_before_it():
    rows = identity(2, source="B", source_id="y"), identity(3, source="A", source_id="x")
    matches = match(rows, [identity(1, source="A", source_id="x")])
    assert (matches[2].number, matches[3].number) == (None, 1)
