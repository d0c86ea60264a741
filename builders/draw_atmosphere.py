"""Draw the figure of docs/methods/atmosphere.md.

    python -m builders.draw_atmosphere

Winter at 45 N from the shipped climatology: the effective sound speed toward east and west, and
the celerity of rays through 24 possible winds beside the mixture made from others.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from vigie.earth.atmosphere import (
    CelerityModel,
    FanParams,
    Medium,
    climatology,
    effective_sound_speed_m_s,
    find_eigenrays,
    resample,
)
from vigie.earth.atmosphere.ensemble import perturbed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vigie.records import AtmosphereProfile

TARGET = Path(__file__).parents[1] / "docs/images/celerity.png"
COLOURS = {"Iw": "#4477aa", "Is": "#ee6677", "It": "#228833"}


def main() -> None:
    """Draw and write."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    profile = climatology(latitude=45.0, month=1.5)
    figure, axes = plt.subplots(1, 3, figsize=(11, 4.4), width_ratios=[1, 1.5, 1.5])
    draw_profile(axes[0], profile)
    model = CelerityModel(profile, np.random.default_rng(1))
    heights = np.arange(0.0, 149.0, 0.5)
    winds = perturbed(resample(profile, heights), 24, np.random.default_rng(2))
    media = [Medium.of_profile(wind) for wind in winds]
    for ax, azimuth, name in ((axes[1], 90.0, "east"), (axes[2], 270.0, "west")):
        draw_celerity(ax, model, media, azimuth)
        ax.set_title(f"toward {name}")
    axes[1].set_ylabel("celerity, km/s")
    axes[2].legend(loc="upper right", fontsize=8, framealpha=1.0)
    figure.tight_layout()
    figure.savefig(TARGET, dpi=110)


def draw_profile(ax: Axes, profile: AtmosphereProfile) -> None:
    """Draw effective sound speeds against height."""
    for azimuth, name, colour in ((90.0, "east", "#aa3377"), (270.0, "west", "#666666")):
        speed = effective_sound_speed_m_s(profile, azimuth)
        ax.plot(speed, profile.height_km, color=colour, label=name)
        ax.axvline(speed[0], color=colour, lw=0.7, ls=":")
    ax.set(xlim=(220, 480), ylim=(0, 120), xlabel="effective sound speed, m/s")
    ax.set(ylabel="height, km", title="45° N, January")
    ax.legend(loc="lower right", fontsize=8)


def draw_celerity(ax: Axes, model: CelerityModel, media: list[Medium], azimuth: float) -> None:
    """Draw rays as dots and the phases of the mixture as bands whose depth is their weight."""
    ranges = np.arange(100.0, 1501.0, 50.0)
    for medium in media:
        for distance in ranges[::2]:
            found = find_eigenrays(medium, azimuth, float(distance), FanParams(n_rays=120))
            colours = [COLOURS[phase] for phase in found.phases]
            ax.scatter(
                np.full(len(colours), distance), distance / found.travel_time_s,
                c=colours, s=4, lw=0, alpha=0.6,
            )  # fmt: skip
    mixture = model.mixture(azimuth, ranges)
    for k, (phase, colour) in enumerate(COLOURS.items()):
        low, high = (
            1.0 / (mixture.means_s_per_km[:, k] + sign * mixture.sigmas_s_per_km[:, k])
            for sign in (1.0, -1.0)
        )
        for i in range(len(ranges) - 1):
            ax.fill_between(
                ranges[i : i + 2], low[i : i + 2], high[i : i + 2], color=colour, lw=0,
                alpha=0.5 * float(mixture.weights[i, k]),
            )  # fmt: skip
        ax.scatter([], [], color=colour, s=16, label=phase)
    ax.set(xlim=(100, 1500), ylim=(0.18, 0.38), xlabel="range, km")


if __name__ == "__main__":
    main()
