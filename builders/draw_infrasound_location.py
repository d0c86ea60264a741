"""Draw the figure of docs/methods/infrasound_location.md.

    python -m builders.draw_infrasound_location

HRR-5 from the detections of vigie at its four arrays: the posterior with its regions, the ellipse,
the place of the explosion; beside it the probability of the origin time. Needs ../shared/data.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from benchmarks.infrasound_location import HRR5, main_detections
from matplotlib.collections import PolyCollection

from vigie.geodesy import KM_PER_DEG, destination
from vigie.network.infrasound import SoundLocation, locate_by_sound
from vigie.network.infrasound.posterior import geographic
from vigie.products.figures.style import BLUE, FAINT, INK, RC, VERMILION
from vigie.records import NS_PER_S, parse_iso

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vigie.pipeline.station_book import StationBook
    from vigie.records import Detection

TARGET = Path(__file__).parents[1] / "docs/images/infrasound-location.png"
INFRAPY = (33.295, -105.826)
"""Mean of InfraPy's posterior from its own detections."""
RANGE_KM = 560.0


def main() -> None:
    """Draw and write."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    detections, book = main_detections()
    found = locate_by_sound("hrr5", detections, book.inventory)
    with plt.style.context(RC):
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(10.5, 3.5), width_ratios=[1.9, 1.0], layout="constrained"
        )
        draw_map(left, found, detections, book)
        draw_time(right, found)
        figure.savefig(TARGET, dpi=130)


def draw_map(
    ax: Axes, found: SoundLocation, detections: list[Detection], book: StationBook
) -> None:
    """Draw arrays, their azimuths and the regions."""
    for d in detections:
        station = book.find(d.station, d.time_ns)
        if station is None or d.azimuth_deg is None:
            continue
        steps = np.linspace(0.0, RANGE_KM / KM_PER_DEG, 30)
        lat, lon = destination(station.latitude, station.longitude, d.azimuth_deg, steps)
        ax.plot(lon, lat, color=FAINT, lw=0.8, zorder=1)
        ax.plot(station.longitude, station.latitude, "^", color=INK, ms=6, zorder=4)
        above = 7 if d.station != "W240" else -13
        ax.annotate(
            d.station, (station.longitude, station.latitude), (0, above),
            textcoords="offset points", ha="center",
        )  # fmt: skip
    posterior = found.posterior
    shown = posterior.region(0.99)
    lat, lon = geographic(posterior.cells[shown].reshape(-1, 3))
    corners = np.stack([lon, lat], axis=-1).reshape(-1, 3, 2)
    cells = PolyCollection(list(corners), cmap="Blues", lw=0.2, edgecolor="face", zorder=2)
    cells.set_array(posterior.density[shown] / posterior.density.max())
    cells.set_clim(-0.1, 1.4)
    ax.add_collection(cells)
    for probability, width in ((0.5, 1.6), (0.9, 1.1)):
        for k, line in enumerate(posterior.polygons(probability)):
            closed = np.vstack([line, line[:1]])
            label = f"{100 * probability:.0f} % region" if k == 0 else None
            ax.plot(closed[:, 1], closed[:, 0], color=BLUE, lw=width, label=label, zorder=3)
    origin = found.origin
    ax.plot(origin.longitude, origin.latitude, "o", color=BLUE, ms=6, label="vigie", zorder=5)
    ax.plot(INFRAPY[1], INFRAPY[0], "D", color=FAINT, ms=6, label="InfraPy, mean", zorder=5)
    ax.plot(HRR5[1], HRR5[0], "*", color=VERMILION, ms=13, label="explosion", zorder=6)
    ax.set(xlim=(-111.5, -104.6), ylim=(32.6, 35.0), aspect=1.0 / np.cos(np.radians(33.7)))
    ax.set(xlabel="longitude", ylabel="latitude", title="Four arrays, azimuths and posterior")
    ax.legend(loc="upper right", frameon=True, fontsize=8)


def draw_time(ax: Axes, found: SoundLocation) -> None:
    """Draw the distribution of the origin time."""
    start = (parse_iso("2012-08-27T22:50:00Z") - found.reference_ns) / NS_PER_S
    posterior = found.posterior
    edges = start + np.arange(0.0, 1201.0, 20.0)
    weight = posterior.mass[:, None] * posterior.share
    counts, _ = np.histogram(posterior.time_s.ravel(), edges, weights=weight.ravel())
    minutes = (edges - start) / 60.0 + 50.0
    ax.stairs(counts / counts.sum() * 3.0, minutes, fill=True, color=BLUE, alpha=0.35)
    low, middle, high = posterior.time_quantiles(np.array([0.05, 0.5, 0.95]))
    for value, style in ((low, ":"), (middle, "-"), (high, ":")):
        ax.axvline((value - start) / 60.0 + 50.0, color=BLUE, ls=style, lw=1.2)
    ax.set_xticks([50, 55, 60, 65, 70], ["22:50", "22:55", "23:00", "23:05", "23:10"])
    ax.set(xlabel="origin time (UTC)", ylabel="probability per minute", ylim=(0, None))
    ax.set_title("Origin time: median and 90 %")


if __name__ == "__main__":
    main()
