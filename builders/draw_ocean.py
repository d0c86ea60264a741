"""Draw the figures of docs/methods/ocean.md.

    python -m builders.draw_ocean

The sound channel in November (speed of the first mode at 10 Hz, depth of the axis), and for three
stations from where H reaches them and when.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from vigie.earth.base import Sites
from vigie.earth.ocean import Ocean, OceanPredictor, load_sea_floor, load_sound_channel
from vigie.facts.ims import ims_stations
from vigie.products.figures.style import INK, LAND, PAPER, RC, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

IMAGES = Path(__file__).parents[1] / "docs/images"
MONTH = 11
WRECK = (-(45 + 56 / 60 + 59 / 3600), -(59 + 46 / 60 + 22 / 3600))
STATIONS = ("H10N", "H04S", "H03S")


def main() -> None:
    """Draw and write."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    with plt.rc_context(RC):
        draw_channel()
        draw_blockage()


def draw_channel() -> None:
    """Draw maps of the group speed and of the depth of the axis."""
    import matplotlib.pyplot as plt

    channel = load_sound_channel()
    fields = channel.at(MONTH)
    figure, axes = plt.subplots(3, 1, figsize=(7.2, 9.4), layout="constrained")
    excess = fields.group_speed_m_s - fields.axis_speed_m_s
    maps = (
        (fields.axis_speed_m_s * 1e-3, "viridis", (1.44, 1.50), "Speed of the axis, km/s"),
        (excess, "magma_r", (0.0, 15.0), "Group speed at 10 Hz less the speed of the axis, m/s"),
        (fields.axis_depth_m, "cividis_r", (0.0, 1800.0), "Depth of the axis, m"),
    )
    for ax, (field, colours, limits, title) in zip(axes, maps, strict=True):
        shift = round((channel.west_deg + 180.0) / channel.step_deg)
        drawn = ax.imshow(
            np.roll(field, shift, axis=1), origin="lower", extent=(-180, 180, -90, 90),
            cmap=colours, vmin=limits[0], vmax=limits[1], interpolation="nearest",
        )  # fmt: skip
        land(ax)
        decorate(ax, f"{title}, November")
        figure.colorbar(drawn, ax=ax, shrink=0.95, extend="both" if limits[0] else "max", aspect=15)
    figure.savefig(IMAGES / "sound-channel.png", dpi=110)


def land(ax: Axes) -> None:
    """Cover the land."""
    floor = load_sea_floor().elevation_m[::2, ::2] >= 0
    picture = np.ma.masked_where(~np.roll(floor, 900, axis=1), np.ones(floor.shape))
    ax.imshow(
        picture, origin="lower", extent=(-180.1, 179.9, -90.1, 90.1), vmin=0, vmax=1,
        cmap=mpl.colors.ListedColormap([LAND]), interpolation="nearest", zorder=2,
    )  # fmt: skip


def decorate(ax: Axes, title: str) -> None:
    """Put degrees on the edges of a map."""
    ax.set(xlim=(-180, 180), ylim=(-80, 80), title=title, aspect="equal")
    ax.set_xticks(range(-180, 181, 60))
    ax.set_yticks(range(-60, 61, 30))
    ax.xaxis.set_major_formatter(lambda x, _: "0°" if x == 0 else f"{abs(x):g}°{'WE'[int(x > 0)]}")
    ax.yaxis.set_major_formatter(lambda y, _: "0°" if y == 0 else f"{abs(y):g}°{'SN'[int(y > 0)]}")
    ax.grid(visible=False)


def draw_blockage() -> None:
    """Draw, for each station, blockage as colour and hours of travel as lines."""
    import matplotlib.pyplot as plt

    predictor = OceanPredictor(Ocean(month=MONTH))
    longitude, latitude = np.arange(-179.5, 180.0, 1.0), np.arange(-79.5, 80.0, 1.0)
    x, y = np.meshgrid(longitude, latitude)
    sea = load_sea_floor().elevation_at_m(y, x) < 0
    book = {s.code: s for s in ims_stations()}
    figure, axes = plt.subplots(3, 1, figsize=(7.2, 8.9), layout="constrained")
    for ax, code in zip(axes, STATIONS, strict=True):
        station = book[code]
        site = Sites(
            np.array([station.latitude]),
            np.array([station.longitude]),
            np.array([station.elevation_m]),
        )
        table = predictor.table("H", y.ravel(), x.ravel(), site)
        blockage = np.where(sea, table.blockage.reshape(y.shape), np.nan)
        drawn = ax.pcolormesh(x, y, blockage, cmap=ramp(), vmin=0.0, vmax=1.0, rasterized=True)
        hours = predictor.open_sea().table("H", y.ravel(), x.ravel(), site).time_s / 3600.0
        lines = ax.contour(
            x, y, np.where(sea & (blockage < 0.9), hours.reshape(y.shape), np.nan),
            levels=[0.5, 1, 1.5, 2], colors=INK, linewidths=0.7,
        )  # fmt: skip
        ax.clabel(lines, fmt="%g h", fontsize=7)
        land(ax)
        ax.plot(
            station.longitude, station.latitude, "^", color=VERMILION, ms=8, mec=PAPER, zorder=4
        )
        ax.plot(WRECK[1], WRECK[0], "*", color=VERMILION, ms=11, mec=PAPER, zorder=4)
        decorate(ax, f"{code}: from where H arrives")
    figure.colorbar(drawn, ax=axes, shrink=0.4, label="blockage (blocked from 0.9)")
    figure.savefig(IMAGES / "blockage.png", dpi=110)


def ramp() -> mpl.colors.Colormap:
    """Return colours from open water to blocked."""
    return mpl.colors.LinearSegmentedColormap.from_list(
        "blockage", ["#56b4e9", "#c6e2f3", "#d8d2c8", "#8b8680"]
    )


if __name__ == "__main__":
    main()
