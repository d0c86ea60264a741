"""A detection of a hydrophone station: pressure, octaves over noise, class, and its cepstrum."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.explosion import period_of_delay
from vigie.products.figures import style
from vigie.products.figures.charge_depth import draw_charges
from vigie.products.figures.drawing import Drawing, canvas
from vigie.records import format_iso

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from vigie.hydroacoustic.cepstrum import CepstralPeak, Cepstrum
    from vigie.hydroacoustic.look import Look
    from vigie.records import ChargeAtDepth

FloatArray = NDArray[np.float64]

LEVELS_DB = 25.0
"""Over noise, at the end of the colour scale."""
LEAST_SHOWN_S = 0.6
"""Of the cepstrum; farther where a bubble pulse is farther."""
SIGMAS = 4.5
FIRST_SHOWN_S = 0.01
"""Shorter delays hold the trend of the spectrum."""
MASSES_KG = {1.0: "1 kg", 1e3: "1 t", 1e6: "1 kt"}
MILLI = 0.1
"""Lower pressures are shown in mPa."""
CLASSES = {"H": ("explosion", style.VERMILION), "T": ("T phase", style.BLUE),
           "N": ("noise", style.FAINT)}  # fmt: skip


def hydro_panel(look: Look) -> Drawing:
    """Draw one detection.

    Parameters
    ----------
    look : Look
        What ``process_hydrophones(..., looks=True)`` kept of it.
    """
    found = look.detection
    rows = 3 if look.cepstrum is not None else 2
    with canvas(8.4, 2.3 * rows) as figure:
        grid = figure.add_gridspec(rows, 2, width_ratios=(4.6, 1.0))
        pressure = figure.add_subplot(grid[0, 0])
        octaves = figure.add_subplot(grid[1, 0], sharex=pressure)
        _pressure(pressure, look)
        _octaves(figure, octaves, look)
        _classes(figure.add_subplot(grid[0, 1]), look)
        _direction(figure.add_subplot(grid[1, 1], projection="polar"), look)
        if look.cepstrum is not None:
            has_locus = len(found.charge_locus) > 1
            wide = grid[2, 0] if has_locus else grid[2, :]
            _cepstrum(figure.add_subplot(wide), look.cepstrum, look)
            if has_locus:
                _locus(figure.add_subplot(grid[2, 1]), found.charge_locus)
    when = format_iso(found.time_ns)[:19]
    name = re.sub(r"[^0-9A-Za-z-]", "", f"{when}-{found.phase}")
    return Drawing(
        f"signal_{name}", f"{found.station}: {found.phase} of {when}", _words(look), figure
    )


def _pressure(axes: Axes, look: Look) -> None:
    t = np.arange(len(look.pressure)) / look.rate_hz - look.onset_s
    peak = float(np.nanmax(np.abs(look.pressure), initial=0.0))
    unit, scale = ("Pa", 1.0) if look.in_pascals else ("counts", 1.0)
    if look.in_pascals and peak < MILLI:
        unit, scale = "mPa", 1e3
    axes.plot(t, scale * look.pressure, color=style.INK, linewidth=0.6)
    axes.axvspan(0.0, look.end_s - look.onset_s, color=style.ORANGE, alpha=0.15, linewidth=0.0)
    sigma = look.detection.time_sigma_s
    at = 1e-9 * (look.detection.time_ns - look.start_ns) - look.onset_s
    if sigma is not None and look.detection.phase == "T":
        axes.errorbar([at], [0.0], xerr=[sigma], color=style.BLUE, fmt="|", capsize=3.0)
    axes.set_ylabel(f"{unit}, {look.band_hz[0]:g}–{look.band_hz[1]:g} Hz")
    axes.set_title(
        f"{look.hydrophone}  {format_iso(look.detection.time_ns)[:19].replace('T', ' ')}"
        "  (shaded: onset to end)"
    )
    axes.set_xlim(t[0], t[-1])
    axes.tick_params(labelbottom=False)


def _octaves(figure: Figure, axes: Axes, look: Look) -> None:
    shape = look.over_noise_db.shape
    begin = -look.onset_s
    image = axes.imshow(
        np.clip(look.over_noise_db, 0.0, None),
        aspect="auto",
        origin="lower",
        extent=(begin, begin + shape[1] * look.step_s, 0.0, shape[0]),
        cmap="viridis",
        vmin=0.0,
        vmax=max(LEVELS_DB, float(np.nanmax(look.over_noise_db, initial=0.0))),
        interpolation="nearest",
        rasterized=True,
    )
    axes.grid(visible=False)
    names = [f"{low:g}–{high:g}" for low, high in look.octaves_hz]
    axes.set_yticks(np.arange(shape[0]) + 0.5, names)
    axes.axvline(0.0, color="white", linewidth=0.8, linestyle=":")
    axes.set(xlabel="time after the onset, s", ylabel="octave, Hz")
    figure.colorbar(image, ax=axes, label="dB over noise", pad=0.01, aspect=14.0)


def _classes(axes: Axes, look: Look) -> None:
    """Draw the chances of the classes as bars."""
    chances = dict(look.detection.class_probabilities or ())
    names = list(CLASSES)
    values = [float(chances.get(n, 0.0)) for n in names]
    at = np.arange(len(names))[::-1]
    axes.barh(at, values, color=[CLASSES[n][1] for n in names], height=0.6)
    for y, name, value in zip(at, names, values, strict=True):
        axes.text(0.0, y + 0.36, f"{name}  {CLASSES[name][0]}  {value:.2f}", fontsize=7.5)
    axes.set(xlim=(0.0, 1.0), ylim=(-0.5, len(names) - 0.25), title="class")
    axes.set_yticks([])
    axes.set_xticks([0.0, 0.5, 1.0])
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _direction(axes: Axes, look: Look) -> None:
    """Draw the back azimuth as a ray with its error."""
    axes.set_theta_zero_location("N")  # type: ignore[attr-defined]  # a polar axes
    axes.set_theta_direction(-1)  # type: ignore[attr-defined]
    axes.set_yticks([])
    axes.set_xticks(np.radians(np.arange(0.0, 360.0, 90.0)), ["N", "E", "S", "W"])
    axes.set_ylim(0.0, 1.0)
    found = look.detection
    if found.azimuth_deg is None:
        axes.set_title("no azimuth", fontsize=8.5)
        return
    sigma = found.azimuth_deg_sigma or 0.0
    centre = np.radians(found.azimuth_deg)
    axes.bar(centre, 1.0, width=2.0 * np.radians(max(sigma, 1.0)), color=style.SKY, linewidth=0.0)
    axes.plot([centre, centre], [0.0, 1.0], color=style.BLUE)
    speed = found.trace_velocity_m_s
    text = f"{found.azimuth_deg:.1f}° ± {sigma:.1f}°"
    axes.set_title(text + (f"\n{speed:.0f} m/s" if speed else ""), fontsize=8.5, loc="center")


def _cepstrum(axes: Axes, found: Cepstrum, look: Look) -> None:
    peaks = [p.delay_s for p in (found.bubble, found.ghost) if p is not None]
    last = min(max([LEAST_SHOWN_S, *(2.2 * p for p in peaks)]), float(found.delay_s[-1]))
    shown = (found.delay_s >= FIRST_SHOWN_S) & (found.delay_s <= last)
    delay = found.delay_s[shown]
    axes.fill_between(
        delay, -SIGMAS * found.sigma[shown], SIGMAS * found.sigma[shown], color=style.SKY,
        alpha=0.25, linewidth=0.0, label=f"{SIGMAS:g} local deviations",
    )  # fmt: skip
    axes.plot(delay, found.value[shown], color=style.INK, linewidth=0.8)
    axes.axhline(0.0, color=style.FAINT, linewidth=0.6)
    if found.bubble is not None:
        # The peak lies before the period by the shock's lag.
        period = period_of_delay(found.bubble.delay_s, found.bubble.sigma_s)
        _mark(axes, (f"bubble period {_ms(*period)}", style.VERMILION), found.bubble, last)
    if found.ghost is not None:
        ghost = _ms(found.ghost.delay_s, found.ghost.sigma_s)
        _mark(axes, (f"surface ghost {ghost}", style.PURPLE), found.ghost, last)
    reported = (
        look.detection.bubble_period_s is not None or look.detection.ghost_delay_s is not None
    )
    what = "cepstrum, mean of the hydrophones"
    if found.bubble is not None:
        what += f"; bubble pulse with probability {1.0 - found.bubble.p_value:.3f}"
    if not peaks:
        what += ": neither bubble pulse nor ghost stands out"
    if peaks and not reported:
        what = f"cepstrum (the class is {look.detection.phase}: nothing of it is reported)"
    low, high = float(found.value[shown].min()), float(found.value[shown].max())
    axes.set(xlabel="delay, s", ylabel="height of the echo", xlim=(0.0, last), title=what)
    axes.set_ylim(1.25 * min(low, -0.1), 1.5 * max(high, 0.1))
    axes.legend(loc="lower right")


def _locus(axes: Axes, locus: tuple[ChargeAtDepth, ...]) -> None:
    """Draw the charges that make the bubble period at each depth, with their 90 % interval."""
    draw_charges(axes, locus)
    axes.set(xlabel="TNT", ylabel="depth, m", title="charge at depth")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xticks(list(MASSES_KG), MASSES_KG.values())
    axes.minorticks_off()


def _mark(axes: Axes, named: tuple[str, str], peak: CepstralPeak, last: float) -> None:
    name, colour = named
    axes.plot(peak.delay_s, peak.height, "o", color=colour, markersize=5.0)
    left = peak.delay_s > 0.6 * last
    axes.annotate(
        name,
        (peak.delay_s, peak.height),
        xytext=(-8.0 if left else 8.0, 8.0 if peak.height > 0.0 else -8.0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        color=colour,
        fontsize=8.0,
    )


def _ms(value_s: float, sigma_s: float) -> str:
    return f"{1e3 * value_s:.1f} ± {1e3 * sigma_s:.1f} ms"


def _words(look: Look) -> str:
    found = look.detection
    chances = ", ".join(f"{n} {p:.2f}" for n, p in found.class_probabilities or ())
    said = (
        f"Signal at {found.station} of {format_iso(found.time_ns)[:19]}, {found.phase} ({chances})."
    )
    if found.azimuth_deg is not None:
        said += f" Back azimuth {found.azimuth_deg:.1f} degrees."
    if found.bubble_period_s is not None:
        said += f" Bubble period {found.bubble_period_s:.4f} s."
    if found.ghost_delay_s is not None:
        said += f" Surface ghost {found.ghost_delay_s:.4f} s."
    return said
