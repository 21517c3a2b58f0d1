from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Annuaire des partenaires"

    def ready(self):
        from partners import admin, checks  # noqa: F401  (registered by their import)
