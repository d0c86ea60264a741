"""Draw the figure of docs/methods/glr.md: false alarms and detection of the array detectors.

    python -m builders.draw_array_roc

From the newest result of ``benchmarks/array_detection.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

from vigie.products.figures.style import BLUE, FAINT, GREEN, RC, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs/images/array-roc.png"
DETECTORS = (
    ("glr", "GLR", BLUE),
    ("pmcc_pixel", "PMCC, pixel", VERMILION),
    ("pmcc_family", "PMCC, family", GREEN),
)
KINDS = (("alone", "-"), ("overlapped", "--"))
FACTOR = 1.5
FEWEST = 3
"""Events from which a rate is drawn."""


def main() -> None:
    """Draw and write."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    newest = max((ROOT / "benchmarks/results").glob("*-array_detection.json"))
    result = json.loads(newest.read_text("utf-8"))["result"]
    with plt.style.context(RC):
        figure, (rates, share, roc) = plt.subplots(
            1, 3, figsize=(11.0, 3.7), width_ratios=[1.15, 1.0, 1.0], layout="constrained"
        )
        draw_rates(rates, result)
        draw_shares(share, result)
        draw_roc(roc, result, "-3 dB")
        figure.savefig(TARGET, dpi=140)


def draw_rates(axes: Axes, result: dict[str, Any]) -> None:
    """Draw observed over stated rates with their intervals."""
    axes.axhspan(1.0 / FACTOR, FACTOR, color=FAINT, alpha=0.18, lw=0.0)
    axes.axhline(1.0, color=FAINT, lw=0.8)
    for detector, marker, colour in (("glr", "o", BLUE), ("pmcc", "s", VERMILION)):
        for k, (name, table) in enumerate(result[detector].items()):
            rows = [(float(x), v) for x, v in table.items() if x != "trials"]
            rows = [(x, v) for x, v in rows if v["events"] >= FEWEST]
            stated = np.array([x for x, _ in rows]) * (0.88, 1.0, 1.14)[k]
            value = np.array([v["observed_over_stated"] for _, v in rows])
            low, high = np.array([v["interval_95"] for _, v in rows]).T
            axes.errorbar(
                stated, value, (value - low, high - value), fmt=marker, ms=4.0, lw=0.9,
                color=colour, mfc=("white", colour, FAINT)[k], mec=colour,
                label=f"{detector.upper()}, {name.split(',')[1].strip()}",
            )  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="stated p", ylabel="observed rate / stated p")
    axes.set(xlim=(0.2, 5e-5), ylim=(0.03, 9.0), title="False alarms in noise")
    axes.set_yticks([0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    axes.legend(loc="upper left", fontsize=7.5, ncols=2, columnspacing=0.8, handletextpad=0.2)


def draw_shares(axes: Axes, result: dict[str, Any]) -> None:
    """Draw the share of bursts found against SNR, all detectors at one rate of false alarms."""
    for kind, line in KINDS:
        key = next(k for k in result[kind] if k.startswith("detected_at_0"))
        table = result[kind][key]
        snr_db = [float(k.split()[0]) for k in table]
        for name, label, colour in DETECTORS:
            found = [v[name] for v in table.values()]
            told = label if kind == "alone" else None
            axes.plot(snr_db, found, line, color=colour, label=told)
    axes.plot([], [], "--", color=FAINT, label="second source")
    axes.set(xlabel="SNR on one element, dB", ylabel="share of bursts found", ylim=(0.0, 1.03))
    axes.set_title("Detection, 0.1 false alarms an hour")
    axes.legend(loc="upper left", fontsize=7.5)


def draw_roc(axes: Axes, result: dict[str, Any], snr: str) -> None:
    """Draw the share of bursts found against false alarms at one SNR."""
    least = 0.5 / result["hours_of_noise"]
    for kind, line in KINDS:
        for name, _, colour in DETECTORS:
            alarms, found = np.array(result[kind]["roc"][snr][name]).T
            if alarms.any():
                axes.plot(np.maximum(alarms, least), found, line, color=colour)
            else:
                face = colour if kind == "alone" else "white"
                axes.plot(least, found[0], "D", ms=5.0, color=colour, mfc=face, clip_on=False)
    axes.axvline(least, color=FAINT, lw=0.8, ls=":")
    axes.annotate(
        f"none in {result['hours_of_noise']:g} h", (least, 0.95), xytext=(5, 0),
        textcoords="offset points", fontsize=7.5, color=FAINT,
    )  # fmt: skip
    axes.set(xscale="log", xlabel="minutes with a false alarm, per hour", ylim=(0.0, 1.03))
    axes.set_title(f"ROC at {snr.replace('-', chr(0x2212))}")


if __name__ == "__main__":
    main()
