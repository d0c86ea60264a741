"""Turbulent motion of particles in the boundary layer: Langevin steps, vertical and horizontal.

What it computes. Vertical, in the scaled variable omega = w' / sigma_w,

    d omega = -omega dt / T_w + [d sigma_w / dz + (sigma_w / rho) d rho / dz] dt + sqrt(2 / T_w) dW

by a symmetric step: half a step of position; with what holds there, half of the drift, decay and
noise, the other half; half a step of position again. The halves of neighbouring steps are one way,
at the mean of sigma_w along it (``moved``). Velocity decays
by (1 - s/2) / (1 + s/2), s = dt / T_w, not by exp(-s): then particles spread at the rate
sigma_w^2 T_w however long the step is, where exact decay spreads them (s/2) coth(s/2) times as
fast (s = 2: 1.31). Reflection at the ground and at the top turns omega round. Horizontal, along
and across the mean wind, velocity and displacement of an Ornstein-Uhlenbeck process together, exact
for any dt / T in turbulence that is the same all along.

Backward in time the same equations hold with the resolved wind reversed, and dt is above 0.

Sources: Thomson (1987), J. Fluid Mech. 180, 529-556; Stohl and Thomson (1999), Boundary-Layer
Meteorol. 90, 155-167 (density); Flesch, Wilson and Yee (1995), J. Appl. Meteorol. 34, 1320-1332
(backward); Leimkuhler and Matthews (2013), Appl. Math. Res. Express 2013, 34-56 (order of the
parts); Gronbech-Jensen and Farago (2013), Mol. Phys. 111, 983-991 (decay); Gillespie (1996), Phys.
Rev. E 54, 2084-2091 (exact displacement). Assumes Gaussian turbulence. ``vigie.transport.walk``
takes many particles through these steps.

Accuracy as measured: variance of the path within 0.8 % of Taylor's for dt / T of 0.07, 0.45 and 4
(200,000 particles, standard error 0.3 %; mean of six seeds at 0.07: 0.9991 of it); well mixed as in
``vigie.transport.walk``. Cost as measured on a busy core: 40 to 70 ns per vertical sub-step, in a
loop that is vectorized.
"""

from __future__ import annotations

import math

import numpy as np

from vigie.transport.compiled import inline
from vigie.transport.elementary import exp_minus
from vigie.transport.turbulence import (
    NEUTRAL,
    SIGMA_FLOOR_M_S,
    UNSTABLE,
    BoundaryLayer,
    sigma_w_m_s,
    vertical,
)

Pair = tuple[float, float]


@inline
def langevin(value: float, push: float, share: float, normal: float) -> float:
    """Return a scaled velocity after a step: half of a push, decay and noise, the other half.

    The push is halved around the decay r, so it weighs (1 + r) / 2, and not, as in the exact
    solution for a constant drift, (1 - exp(-ratio)) / ratio: only then do push and spread balance
    in steps that are not short beside the time scale.

    Parameters
    ----------
    value : float
        Velocity over its standard deviation.
    push : float
        Drift of the equation times the step.
    share : float, 0 < share < 1
        (1 + r) / 2 = T / (T + dt / 2).
    normal : float
        Standard normal deviate.
    """
    # 1 - r^2 is four times r's distances from both of its ends.
    kept = 2.0 * share - 1.0
    return kept * value + share * push + 2.0 * math.sqrt(share * (1.0 - share)) * normal


@inline
def carried(velocity_m_s: float, sigma_m_s: float, ratio: float, draws: Pair) -> Pair:
    """Return velocity after a step, and the mean velocity in it, drawn together.

    Given both ends, the mean velocity is (1 - r) / (1 + r) (u0 + u1) / s with variance
    2 sigma^2 (s - 2 (1 - r) / (1 + r)) / s^2, s = dt / T, r = exp(-s).

    Parameters
    ----------
    ratio : float, > 0
        Step over time scale.
    draws : tuple of float
        Two standard normal deviates.
    """
    kept = exp_minus(ratio)
    lost = 1.0 - kept
    after = kept * velocity_m_s + sigma_m_s * math.sqrt(lost * (1.0 + kept)) * draws[0]
    half = lost / (1.0 + kept)
    # The difference is ratio^3 / 12 for small ratios, and may round to below 0.
    spread = math.sqrt(max(2.0 * (ratio - 2.0 * half), 0.0))
    mean = (half * (velocity_m_s + after) + sigma_m_s * spread * draws[1]) / ratio
    return after, mean


@inline
def fold(z_m: float, omega: float, height_m: float) -> Pair:
    """Reflect at the ground and the top; omega turns round with each reflection.

    Examples
    --------
    >>> fold(-3.0, -1.0, 10.0), fold(13.0, 1.0, 10.0), fold(24.0, 1.0, 10.0)
    ((3.0, 1.0), (7.0, -1.0), (4.0, 1.0))
    """
    period = 2.0 * height_m
    rest = z_m - period * np.floor(z_m * (1.0 / period))
    # Rounding may leave the rest a hair beyond either end.
    beyond = rest > height_m
    rest = max(period - rest if beyond else rest, 0.0)
    return rest, -omega if beyond else omega


@inline
def moved(z_m: float, omega: float, sigma: float, dt_s: float, layer: BoundaryLayer) -> Pair:
    """Return height and omega after a way at the mean of sigma_w along it.

    By the trapezoid in a neutral layer, whose sigma_w changes slowly; else by Kutta's method of
    third order for dz/dt = omega sigma_w(z).

    Parameters
    ----------
    sigma : float
        sigma_w where the way begins, m/s.
    """
    # Beyond ground and top the layer goes on as its mirror image.
    way, height = dt_s * omega, layer.height_m
    if layer.regime == NEUTRAL:
        there, _ = fold(z_m + way * sigma, omega, height)
        return fold(z_m + way * 0.5 * (sigma + sigma_w_m_s(there, layer)), omega, height)
    middle, _ = fold(z_m + 0.5 * way * sigma, omega, height)
    half = sigma_w_m_s(middle, layer)
    there, _ = fold(z_m + way * (2.0 * half - sigma), omega, height)
    mean = (sigma + 4.0 * half + sigma_w_m_s(there, layer)) * (1.0 / 6.0)
    return fold(z_m + way * mean, omega, height)


@inline
def kicked(z_m: float, omega: float, dt_s: float, layer: BoundaryLayer, normal: float) -> Pair:
    """Return omega after drift, decay and noise at a height, and sigma_w there.

    Parameters
    ----------
    z_m : float, 0 <= z_m <= height of the layer
    omega : float
        w' / sigma_w.
    dt_s : float, > 0
    normal : float
        Standard normal deviate.
    """
    here = vertical(z_m, layer)
    drift = here.gradient_per_s + here.sigma_m_s * layer.density_gradient_per_m
    share = here.time_s / (here.time_s + 0.5 * dt_s)
    return langevin(omega, drift * dt_s, share, normal), here.sigma_m_s


@inline
def largest_sigma_w_m_s(layer: BoundaryLayer) -> float:
    """Return a bound of sigma_w in the layer: the value at the ground, or of convection."""
    ground = sigma_w_m_s(0.0, layer)
    if layer.regime != UNSTABLE:
        return ground
    # (1 - 0.9 z/h) (z/h)^(2/3) is largest, 0.3494, at z = 0.444 h.
    convective, friction = layer.convective_velocity_m_s, layer.friction_velocity_m_s
    return SIGMA_FLOOR_M_S + math.sqrt(0.4193 * convective**2 + 1.8 * friction**2)
