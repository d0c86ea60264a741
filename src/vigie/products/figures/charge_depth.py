"""The charges that would make the bubble of an event, by depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.hydroacoustic.explosion import AIR_M
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from vigie.network.hydro.bubble import EventBubble
    from vigie.records import ChargeAtDepth

MASSES_KG = {1e-3 * 10.0**k: name for k, name in enumerate(
    ("1 g", "10 g", "100 g", "1 kg", "10 kg", "100 kg", "1 t", "10 t", "100 t", "1 kt", "10 kt")
)}  # fmt: skip
_POINTS = 200
_LEAST_SEEN = 1.1
"""Ends of an interval that can be told apart in a figure."""
DEPTHS_M = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)


def charge_depth_plot(bubble: EventBubble) -> Drawing:
    """Draw charge against depth for the bubble period of an event.

    Parameters
    ----------
    bubble : EventBubble
        On which the stations agree.
    """
    charges = bubble.charges
    low, high = charges[0], charges[-1]
    with canvas(6.4, 3.2) as figure:
        axes = figure.subplots()
        draw_charges(axes, charges)
        if bubble.flat_m is not None:
            axes.axhline(bubble.flat_m, color=style.PURPLE, linewidth=1.0, linestyle="--")
            axes.annotate(
                "not above, if the echo is that of the surface", (1.0, bubble.flat_m),
                xycoords=axes.get_yaxis_transform(), xytext=(-3, 3), textcoords="offset points",
                ha="right", va="bottom", fontsize=7.5, color=style.PURPLE,
            )  # fmt: skip
        limits = axes.get_xlim()
        masses = {m: name for m, name in MASSES_KG.items() if limits[0] <= m <= limits[1]}
        axes.set_xticks(list(masses), list(masses.values()))
        depths = [d for d in DEPTHS_M if low.depth_m <= d <= high.depth_m]
        axes.set_yticks(depths, [f"{d:g}" for d in depths])
        axes.minorticks_off()
        axes.set(xlabel="charge, TNT", ylabel="depth, m")
        if len(axes.get_legend_handles_labels()[0]) > 1:
            axes.figure.legend(loc="outside upper right", ncols=2)
    alt = (
        f"Charge against depth for a bubble period of {bubble.period_s:.4f} s: from "
        f"{low.charge_kg:.2g} kg of TNT at {low.depth_m:.2g} m, where the bubble would vent if it "
        f"were shallower, to {high.charge_kg / 1e3:.2g} t at {high.depth_m:.0f} m."
    )
    return Drawing("charge_depth", "Charge by depth", alt, figure)


def draw_charges(axes: Axes, charges: Sequence[ChargeAtDepth]) -> None:
    """Draw a locus of charge and depth with its 90 % interval, the surface above."""
    known = np.log(np.array([point.depth_m for point in charges]) + AIR_M)
    at = np.linspace(known[0], known[-1], _POINTS)
    depth = np.exp(at) - AIR_M
    # Along the locus the logarithm of the charge is straight in that of the pressure.
    low, middle, high = (
        np.exp(np.interp(at, known, np.log([getattr(point, name) for point in charges])))
        for name in ("low_kg", "charge_kg", "high_kg")
    )
    axes.loglog(middle, depth, color=style.VERMILION, linewidth=1.2, label="makes the bubble")
    if high[0] > _LEAST_SEEN * low[0]:
        axes.fill_betweenx(
            depth, low, high, color=style.ORANGE, alpha=0.35, linewidth=0.0, label="90 % interval"
        )
    axes.set_xlim(0.5 * low.min(), 2.0 * high.max())
    axes.set_ylim(depth.max(), depth.min())
