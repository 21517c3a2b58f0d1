"""Which files of installed applications are served."""

from django.contrib.staticfiles import apps


class StaticFilesConfig(apps.StaticFilesConfig):
    """Without what no page here uses: 6 MB of Redoc and of REST framework's own pages."""

    ignore_patterns = [*apps.StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]
