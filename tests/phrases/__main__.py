import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cartographie.settings")

from tests.phrases.score import NO_SIGNS, SIGNS, TEXTS, score

chosen = set(sys.argv[1:])
for names in (TEXTS, SIGNS, NO_SIGNS):
    total = good = 0
    for name in names:
        found, count, missed = score(name)
        total, good = total + count, good + found
        sys.stdout.write(f"{name} : {found}/{count} = {found / count:.1%}\n")
        if name in chosen or not chosen:
            sys.stdout.write("".join(f"  {line}\n" for line in missed))
    sys.stdout.write(f"ensemble : {good}/{total} = {good / total:.1%}\n")
