import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cartographie.settings")

from tests.phrases.score import score

shown = sys.argv[1:] or ["tuned.csv"]
total = good = 0
for name in ["tuned.csv", "aside.csv"]:
    found, count, missed = score(name)
    total, good = total + count, good + found
    sys.stdout.write(f"{name} : {found}/{count} = {found / count:.1%}\n")
    if name in shown:
        sys.stdout.write("".join(f"  {line}\n" for line in missed))
sys.stdout.write(f"ensemble : {good}/{total} = {good / total:.1%}\n")
for name in ["danger.csv", "no-danger.csv"]:
    found, count, missed = score(name)
    sys.stdout.write(f"{name} : {found}/{count}\n")
    sys.stdout.write("".join(f"  {line}\n" for line in missed))
