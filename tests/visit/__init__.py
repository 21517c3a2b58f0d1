"""The modules of a visit in a real browser, without a server: Chromium once, then its answer."""

import html
import json
import os
import re
import shutil
import subprocess

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from cartographie.staticfiles import packed
from tests.browser.conftest import CHROMIUM, NO_CHROMIUM, QUIET

SCRIPTS = settings.BASE_DIR / "static" / "js"
PAGE = """<!doctype html><meta charset="utf-8"><pre id="answer"></pre>
<script type="module">
import * as visit from "./visit-search.js";
import {{ smallMap, pointsOf }} from "./visit-map.js";
import asked from "./asked.js";
const answer = ({function})(asked, {{ ...visit, smallMap, pointsOf }});
document.getElementById("answer").textContent = JSON.stringify(answer);
</script>"""
ANSWER = re.compile(r'<pre id="answer">(.+?)</pre>', re.DOTALL)
SECONDS = 120


def in_browser(folder, asked, function):
    """What a JavaScript function of (asked, what the modules export) returns; `asked` is JSON.

    The modules are as they are served, minified.
    """
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip(NO_CHROMIUM)
    for script in SCRIPTS.glob("visit-*.js"):
        served = packed(f"js/{script.name}", ContentFile(script.read_bytes()))
        (folder / script.name).write_bytes(served.read())
    (folder / "asked.js").write_text(f"export default {json.dumps(asked)};")
    page = folder / "page.html"
    page.write_text(PAGE.format(function=function))
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [path, "--headless", *QUIET, *sandbox, "--allow-file-access-from-files", "--dump-dom",
         "--enable-logging=stderr", f"--user-data-dir={folder / 'profile'}", page.as_uri()],
        capture_output=True, text=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    answer = ANSWER.search(done.stdout)
    assert answer, _faults(done.stderr)
    return json.loads(html.unescape(answer[1]))


def _faults(log):
    return "\n".join(line for line in log.splitlines() if "CONSOLE" in line) or log[-2000:]
