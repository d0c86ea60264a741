"""Axes of UTC in numbers (ISO 8601), so that they read the same in every language."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axis import Axis

_DAY = timedelta(days=1)
_MONTH = timedelta(days=28)
_YEAR = timedelta(days=365)


def time_axis(axis: Axis) -> None:
    """Give an axis of times (``datetime64``) its ticks, three to seven, and their labels."""
    from matplotlib.dates import AutoDateLocator, num2date
    from matplotlib.ticker import Formatter

    class IsoDates(Formatter):
        """Labels of all ticks together."""

        def __call__(self, x: float, pos: int | None = None) -> str:
            """Return the label of one time."""
            return self.format_ticks([x])[0]

        def format_ticks(self, values: Sequence[float]) -> list[str]:
            """Return the labels of all ticks."""
            return tick_labels([num2date(value) for value in values])  # type: ignore[no-untyped-call]

    # With fewer than seven there are spans for which it has no step.
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axis.set_major_locator(locator)
    axis.set_major_formatter(IsoDates())


def tick_labels(times: Sequence[datetime]) -> list[str]:
    r"""Return labels of ticks: what changes above, day and year below where they are others.

    Examples
    --------
    >>> noon = datetime(2020, 12, 30, 12)
    >>> tick_labels([noon + timedelta(hours=12 * k) for k in range(4)])
    ['12:00\n2020-12-30', '00:00\n12-31', '12:00', '00:00\n2021-01-01']
    >>> tick_labels([noon.replace(day=30, hour=0), noon.replace(day=31, hour=0)])
    ['12-30\n2020', '12-31']
    >>> tick_labels([datetime(2020, 1, 1), datetime(2021, 1, 1)])
    ['2020', '2021']
    """
    step = min((b - a for a, b in itertools.pairwise(times)), default=timedelta())
    if step >= _MONTH:
        return [time.strftime("%Y" if step >= _YEAR else "%Y-%m") for time in times]
    labels: list[str] = []
    last = None
    for time in times:
        labels.append(_label(time, last, step))
        last = time
    return labels


def _label(time: datetime, last: datetime | None, step: timedelta) -> str:
    new_year = last is None or time.year != last.year
    if step >= _DAY:
        return time.strftime("%m-%d\n%Y" if new_year else "%m-%d")
    below = "\n%Y-%m-%d" if new_year else "\n%m-%d"
    seconds = timedelta(0) < step < timedelta(minutes=1)
    above = "%H:%M:%S" if seconds else "%H:%M"
    same = last is not None and time.date() == last.date()
    return time.strftime(above if same else above + below)
