"""Which files of installed applications are served, and how ours are packed."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import PurePath

from django.contrib.staticfiles import apps
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

UNUSED = ["redoc", "rest_framework", "django_htmx", "draw", "leaflet-src*"]
OURS = {"css", "js"}
MINIFIERS = {".css": ("rcssmin", "cssmin"), ".js": ("rjsmin", "jsmin")}
IMPORTED = (r"""(?P<matched>from\s*"(?P<url>\./[\w-]+\.js)")""", 'from "%(url)s"')


class StaticFilesConfig(apps.StaticFilesConfig):
    """Without what no page here uses: 10 MB of Redoc, other versions of htmx, Leaflet's sources…"""

    ignore_patterns = [*apps.StaticFilesConfig.ignore_patterns, *UNUSED]


class PackedStorage(CompressedManifestStaticFilesStorage):
    """Files under a name that changes with them, compressed; ours without comments and blanks.

    What others published stays as it is. A module imports the others by such names too.
    """

    max_post_process_passes = 10  # one for each module of a chain of imports
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORTED,)))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = {}

    def url(self, name, force=False):
        """Worked out once: a page names thirty files, which do not change while we run."""
        if (name, force) not in self.known:
            self.known[name, force] = super().url(name, force)
        return self.known[name, force]

    def _save(self, name, content):
        return super()._save(name, packed(name, content))

    def compress_files(self, paths):
        """Only what pages load: Brotli takes its time."""
        return super().compress_files(
            [path for path in paths if path not in self.hashed_files and not path.endswith(".map")]
        )


def packed(name, content):
    """The file `name` (relative path) as it is served: `content`, or a smaller one of ours.

    Where no minifier is installed (see pyproject.toml), and for any other file, `content` itself.
    """
    path = PurePath(name)
    module, function = MINIFIERS.get(path.suffix, ("", ""))
    if path.parts[0] not in OURS or not module or find_spec(module) is None:
        return content
    minify = getattr(import_module(module), function)
    text = b"".join(content.chunks()).decode()
    return ContentFile(minify(text).encode(), name=name)
