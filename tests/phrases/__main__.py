import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cartographie.settings")

from tests.phrases.score import score

READ = ["tuned.csv", "aside.csv", "others.csv"]
SIGNS = ["danger.csv", "no-danger.csv", "others-danger.csv", "others-no-danger.csv"]
ASIDE = ["others-aside.csv", "others-danger-aside.csv", "others-no-danger-aside.csv"]


def show(name: str, missed_too: bool) -> None:
    found, count, missed = score(name)
    sys.stdout.write(f"{name} : {found}/{count} = {found / count:.1%}\n")
    if missed_too:
        sys.stdout.write("".join(f"  {line}\n" for line in missed))


for name in [*READ, *SIGNS, *ASIDE]:
    show(name, missed_too=name in sys.argv[1:])
