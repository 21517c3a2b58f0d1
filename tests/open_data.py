"""Invented rows of data·inclusion v1, and files of them."""

import json
from pathlib import Path

from data_inclusion.schema import v1
from django.apps import apps
from django.core.management import call_command

STRUCTURE = {
    "source": "annuaire",
    "id": "annuaire--1",
    "nom": "Relais inventé",
    "date_maj": "2026-02-14",
    "description": "Accueille et oriente. Ouvert à toutes et tous.",
    "code_insee": "85182",
    "code_postal": "85700",
    "commune": "Pouzauges",
    "adresse": "1 rue Haute",
    "latitude": 46.781,
    "longitude": -0.837,
    "telephone": "+33261910001",
    "courriel": "relais@example.org",
    "site_web": "https://www.example.org/relais",
    "horaires_accueil": "Mo-Fr 09:00-12:00",
    "siret": None,
    "reseaux_porteurs": None,
}
SERVICE = {
    "source": "annuaire",
    "structure_id": "annuaire--1",
    "id": "annuaire--1",
    "nom": "Permanence d'addictologie",
    "date_maj": "2026-03-01",
    "description": "Une infirmière écoute, informe et oriente les personnes et leurs proches.",
    "type": "accompagnement",
    "thematiques": ["sante--addictions"],
    "frais": "gratuit",
    "publics": ["tous-publics"],
    "modes_accueil": ["en-presentiel"],
    "zone_eligibilite": ["85"],
    "code_insee": "85182",
    "code_postal": "85700",
    "latitude": 46.782,
    "longitude": -0.836,
    "modes_mobilisation": ["telephoner"],
    "mobilisable_par": ["usagers", "professionnels"],
}


class Files:
    """Two files in a folder; `run` imports them and returns the report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.structures, self.services = folder / "structures.jsonl", folder / "services.jsonl"

    def write(self, structures, services) -> None:
        for path, rows in ((self.structures, structures), (self.services, services)):
            lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
            path.write_text("\n".join(lines), encoding="utf-8")

    def run(self, **options):
        report = self.folder / "report.json"
        call_command(
            "import_data_inclusion",
            self.structures,
            self.services,
            report=report,
            verbosity=0,
            **options,
        )
        return json.loads(report.read_text())


def counts(report, kind):
    """What is not zero: {"created": 1}."""
    return {name: number for name, number in report["counts"][kind].items() if number}


def reasons(report, what="refusals"):
    """(line, column, reason) of each remark, with plain spaces."""
    return [
        (row["line"], remark["column"], remark["reason"].replace("\N{NO-BREAK SPACE}", " "))
        for row in report["rows"]
        for remark in row.get(what, [])
    ]


def exported(folder, **options):
    """Write the export; {"structures": rows, "services": rows}, that the official models accept."""
    call_command("export_data_inclusion", folder, verbosity=0, **options)
    found = {}
    for name, model in (("structures", v1.Structure), ("services", v1.Service)):
        lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found[name] = [json.loads(line) for line in lines]
        for row in found[name]:
            model.model_validate(row)
    return found


def comes_back(folder):
    """Import what was exported: no row of any table of ours changes, nor of its history."""
    before = _contents()
    report = Files(folder).run()
    for kind in report["counts"]:
        assert not set(counts(report, kind)) - {"unchanged"}, report["rows"]
    after = _contents()
    for label, rows in before.items():
        assert after[label] == rows, label


def _contents():
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("partners").get_models()
        if not model._meta.proxy
    }
