"""Draw the figure of the documentation page: a simulated explosion, its octaves and its cepstrum.

python -m builders.build_hydro_figure
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from builders.build_hydro_classifier import record_of

from vigie.hydroacoustic.measure import measure_signal
from vigie.hydroacoustic.recipe import HydroRecipe
from vigie.signal.filters import BandPass, filter_zero_phase
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import RATE_HZ, SceneParams
from vigie.simulate.hydroacoustic.spectra import Explosion

OUT = Path(__file__).parents[1] / "docs" / "images" / "hydroacoustic.png"
BLAST = Explosion(
    charge_kg=800.0, depth_m=150.0, grazing_deg=12.0, bubble=0.6, bubble_width=0.008, ghost=-0.85
)
BEFORE_S, AFTER_S = 3.0, 4.0


def main() -> None:
    """Draw it."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    params = SceneParams(
        kind="H", snr_db=22.0, duration_s=300.0, signals=1, range_km=900.0, explosion=BLAST,
        azimuth_deg=217.6,
    )  # fmt: skip
    scene = simulate_scene(np.random.default_rng(3), params, TRAINING)
    record = record_of(scene, HydroRecipe())
    span = max(record.found.spans, key=lambda s: s.stop - s.first)
    measured = measure_signal(record, span, HydroRecipe())
    if measured is None or measured.cepstrum is None:
        raise SystemExit("the simulated explosion has no cepstrum")
    figure, axes = plt.subplots(3, 1, figsize=(8.0, 8.4), layout="constrained")
    t = np.arange(scene.samples.shape[1]) / RATE_HZ - measured.onset_s
    near = (t > -BEFORE_S) & (t < AFTER_S)
    filtered = filter_zero_phase(scene.samples[0], RATE_HZ, BandPass(4.0, 90.0))
    axes[0].plot(t[near], filtered[near], color="0.2", linewidth=0.6)
    axes[0].axvspan(0.0, measured.end_s - measured.onset_s, color="tab:orange", alpha=0.2)
    axes[0].set(ylabel="Pa, 4–90 Hz", xlim=(-BEFORE_S, AFTER_S))
    axes[0].set_title("Simulated explosion: 800 kg at 150 m, 900 km away", loc="left")
    axes[0].text(
        0.01, 0.94, "shaded: from onset to end", transform=axes[0].transAxes, va="top", fontsize=9
    )
    first = round((measured.onset_s - BEFORE_S) / record.frames.step_s)
    power = record.frames.cut(first, first + round((BEFORE_S + AFTER_S) / record.frames.step_s))
    over = 10.0 * np.log10(power[0, :-1] / (10.0 ** (measured.noise_db[:-1] / 10.0))[:, None])
    image = axes[1].imshow(
        np.clip(over, 0.0, None),
        aspect="auto",
        origin="lower",
        extent=(-BEFORE_S, AFTER_S, 0.0, len(over)),
        cmap="viridis",
        interpolation="nearest",
    )
    edges = [f"{b.low_hz:g}–{b.high_hz:g}" for b in record.frames.bands[:-1]]
    axes[1].set_yticks(np.arange(len(over)) + 0.5, edges)
    axes[1].set(xlabel="time after the onset, s", ylabel="octave, Hz")
    figure.colorbar(image, ax=axes[1], label="dB over noise", pad=0.01)
    found = measured.cepstrum
    shown = (found.delay_s > 0.02) & (found.delay_s < 1.0)
    axes[2].plot(found.delay_s[shown], found.value[shown], color="0.2", linewidth=0.8)
    limit = 4.5 * found.sigma
    axes[2].fill_between(
        found.delay_s[shown], -limit[shown], limit[shown], color="tab:blue", alpha=0.15,
        label="4.5 standard deviations",
    )  # fmt: skip
    for name, peak, color in (
        ("bubble", found.bubble, "tab:red"),
        ("surface ghost", found.ghost, "tab:purple"),
    ):
        if peak is not None:
            axes[2].plot(peak.delay_s, peak.height, "o", color=color, markersize=5)
            axes[2].annotate(
                f"{name} {1e3 * peak.delay_s:.1f} ms",
                (peak.delay_s, peak.height),
                xytext=(8, 0),
                textcoords="offset points",
                color=color,
                va="center",
            )
    truth = scene.truths[0]
    for delay in (truth.bubble_period_s, truth.ghost_delay_s):
        if delay is not None:
            axes[2].axvline(delay, color="0.6", linewidth=0.8, linestyle="--", zorder=0)
    axes[2].set(xlabel="delay, s (dashed: truth)", ylabel="cepstrum", xlim=(0.0, 1.0))
    axes[2].legend(loc="lower right", frameon=False)
    figure.savefig(OUT, dpi=110)


if __name__ == "__main__":
    main()
