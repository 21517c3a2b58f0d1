"""The secret key: given by the environment, or generated once for the demonstration."""

import os
import secrets

from django.core.exceptions import ImproperlyConfigured

MISSING = (
    "SECRET_KEY manque. En production, donnez une clé longue et secrète, par exemple : "
    "SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_urlsafe(50))')"
)


def secret_key(given, *, data_dir, may_generate):
    """The key to sign sessions with (str).

    Raises ImproperlyConfigured when none is given and this is no local installation.
    """
    if given:
        return given
    if not may_generate:
        raise ImproperlyConfigured(MISSING)
    path = data_dir / "secret_key"
    try:
        return path.read_text().strip() or _generate(path)
    except FileNotFoundError:
        return _generate(path)


def _generate(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(secrets.token_urlsafe(50))
    draft.chmod(0o600)
    try:
        os.link(draft, path)  # atomic, and the first process wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
