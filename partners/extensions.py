"""PostgreSQL extensions, created by migrations, with a message when the account may not."""

from django.contrib.postgres.operations import CreateExtension
from django.core.management.base import CommandError
from django.db import ProgrammingError, transaction

NEEDED = ("unaccent", "pg_trgm", "btree_gist")


class Extension(CreateExtension):
    """As Django's, but says which command an administrator must run when this account may not."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
        except ProgrammingError as error:
            database = schema_editor.connection.settings_dict["NAME"]
            create = "; ".join(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in NEEDED)
            raise CommandError(
                f"Ce compte PostgreSQL ne peut pas créer l'extension « {self.name} ». "
                "Un administrateur de la base doit lancer, une fois, sur son serveur : "
                f"psql -d {database} -c '{create}' puis relancez la commande."
            ) from error
