"""History of nuclides at a station: concentrations over time with limits and quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.time_axis import time_axis
from vigie.products.figures.words import figure_fonts, figure_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from vigie.i18n import Messages

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NuclideSeries:
    """One nuclide at one station, by sample; each column of shape (n,)."""

    nuclide: str
    unit: str
    time_ns: NDArray[np.int64]
    """Middle of the collections."""
    concentration: FloatArray
    uncertainty: FloatArray
    critical_level: FloatArray
    detected: NDArray[np.bool_]
    unusual: NDArray[np.bool_]
    """Above the station's usual range."""
    quantiles: tuple[tuple[float, float], ...] = ()
    """Probability and concentration of the background."""
    upper: float | None = None
    """End of the usual range now."""


def sample_history(
    series: Sequence[NuclideSeries], *, title: str, language: str = "en"
) -> Drawing | None:
    """Draw the history of some nuclides, one panel each; None where there is none.

    Parameters
    ----------
    series : sequence of NuclideSeries
    title : str
    language : str
        Of the words, as far as there are letters for it (`figure_language`).
    """
    if not series:
        return None
    with canvas(9.0, 0.8 + 1.7 * len(series), fonts=figure_fonts(language)) as figure:
        rows = figure.subplots(len(series), 1, sharex=True, squeeze=False)[:, 0]
        for axes, one in zip(rows, series, strict=True):
            _panel(axes, one, figure_words(language))
        time_axis(rows[-1].xaxis)
        handles, labels = rows[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=5)
        figure.suptitle(title, x=0.01, ha="left", fontsize=11.0)
    n = sum(int(one.detected.sum()) for one in series)
    alt = messages(language)("rn.figure.history", nuclides=len(series), detections=n)
    return Drawing("history", title, alt, figure)


def _panel(axes: Axes, one: NuclideSeries, words: Messages) -> None:
    _points(axes, one, words)
    for probability, value in one.quantiles:
        if value > 0.0:
            axes.axhline(value, color=style.ORANGE, linewidth=0.7, linestyle=":")
            axes.annotate(
                f"{100.0 * probability:g} %", (1.0, value), xycoords=("axes fraction", "data"),
                xytext=(3.0, 0.0), textcoords="offset points", va="center", fontsize=6.5,
                color=style.FAINT, annotation_clip=False,
            )  # fmt: skip
    axes.plot([], [], color=style.ORANGE, linestyle=":", label=words("rn.figure.quantiles"))
    if one.upper is not None and one.upper > 0.0:
        label = words("rn.figure.usual_end")
        axes.axhline(one.upper, color=style.VERMILION, linewidth=0.8, label=label)
    values = np.concatenate([one.concentration[one.detected], one.critical_level[~one.detected]])
    values = values[values > 0.0]
    if len(values) and values.max() > 10.0 * values.min():
        axes.set_yscale("log")
    axes.set_title(one.nuclide)
    axes.set_ylabel(words.term(one.unit))


def _points(axes: Axes, one: NuclideSeries, words: Messages) -> None:
    when = one.time_ns.astype("datetime64[ns]")
    found, odd = one.detected, one.detected & one.unusual
    axes.plot(
        when[~found], np.maximum(one.critical_level[~found], 1e-12), "v", color=style.FAINT,
        markerfacecolor="none", markersize=4.0, label=words("rn.figure.not_detected"),
    )  # fmt: skip
    for rows, colour, code in (
        (found & ~odd, style.BLUE, "rn.figure.detected"),
        (odd, style.VERMILION, "rn.figure.detected_unusual"),
    ):
        axes.errorbar(
            when[rows], one.concentration[rows], yerr=one.uncertainty[rows], fmt="o", color=colour,
            markersize=3.5, elinewidth=0.8, label=words(code),
        )  # fmt: skip
