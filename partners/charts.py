"""Charts as numbers: where bars and lines stand. The templates draw them as SVG, beside a table."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 180
"""Of a chart of months, in units of its own: it is as wide as its place."""

SPARK_WIDTH, SPARK_HEIGHT = 120, 28


@dataclass(frozen=True)
class Bar:
    """A bar of a chart of columns; `number` None stands for one that is hidden."""

    label: str
    number: int | None
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def above(self) -> float:
        """Where its number is written."""
        return self.y - 6


def columns(labels: Sequence[str], numbers: Sequence[int | None]) -> list[Bar]:
    """Bars side by side, as high as their numbers, the highest at the top less its number."""
    step = WIDTH / max(1, len(labels))
    most = max([number for number in numbers if number], default=1)
    bars = []
    for place, (label, number) in enumerate(zip(labels, numbers, strict=True)):
        height = round((HEIGHT - 20) * (number or 0) / most, 1)
        bars.append(
            Bar(
                label,
                number,
                x=round(place * step + step * 0.15, 1),
                y=round(HEIGHT - height, 1),
                width=round(step * 0.7, 1),
                height=height,
            )
        )
    return bars


def shares(numbers: Sequence[int | None]) -> list[float]:
    """How long the bar of each number is, in percent of the longest one."""
    most = max([number for number in numbers if number], default=1)
    return [round(100 * (number or 0) / most, 1) for number in numbers]


def spark(percents: Sequence[int | None]) -> str:
    """The points of a small line of percents (0 at the bottom, 100 at the top), gaps left out."""
    step = SPARK_WIDTH / max(1, len(percents) - 1)
    points = [
        f"{round(place * step, 1):g},{round(2 + (SPARK_HEIGHT - 4) * (1 - percent / 100), 1):g}"
        for place, percent in enumerate(percents)
        if percent is not None
    ]
    return " ".join(points)
