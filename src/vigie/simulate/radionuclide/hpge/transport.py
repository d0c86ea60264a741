"""Photons through a germanium crystal, one by one.

What a photon of a given energy leaves in the crystal: photoelectric absorption with escape of the
K X-ray, Compton scattering (Klein-Nishina, sampled after Kahn 1956), pair production with both
annihilation photons followed. Flight by delta tracking (Woodcock 1965), in which the bore is a
void. Filter and window attenuate, they do not scatter; electrons stay where they are set free. So
the step below a peak and bremsstrahlung losses are not here. Cost: 0.4 us a photon that meets the
crystal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vigie.facts.attenuation import attenuation_per_cm
from vigie.simulate.radionuclide.hpge.cross_sections import (
    ELECTRON_KEV,
    K_EDGE_KEV,
    K_XRAY_KEV,
    K_XRAYS_PER_ABSORPTION,
    STEP_KEV,
    germanium_per_cm,
)

if TYPE_CHECKING:
    from vigie.simulate.radionuclide.hpge.geometry import DetectorGeometry

FloatArray = NDArray[np.float64]

LEAST_KEV = 3.0
"""Photons below are absorbed where they are."""
POLYMER_DENSITY = 0.93
STACK = 64


def follow(
    energy_kev: float, photons: int, geometry: DetectorGeometry, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Send photons of one energy from the source.

    Parameters
    ----------
    energy_kev : float
        20 to 4000.
    photons : int
        How many are sent into the lower half of space; those that go up are lost.
    geometry : DetectorGeometry
    rng : Generator

    Returns
    -------
    deposit_kev : ndarray, shape (photons,)
        Energy left in the active volume.
    weight : ndarray, shape (photons,)
        Photons emitted into all directions that each stands for, per photon emitted.
    """
    g = geometry
    shape = np.array(
        [
            g.crystal_radius_cm,
            g.crystal_length_cm,
            g.bore_radius_cm,
            g.crystal_length_cm - g.bore_length_cm,
            g.dead_front_cm,
            g.dead_side_cm,
            g.gap_cm,
            g.source_radius_cm,
            g.source_thickness_cm,
        ]
    )
    at = np.array([energy_kev])
    # The density is the filter's; its attenuation per gram is that of polyethylene.
    polymer = attenuation_per_cm("polyethylene", at) * g.source_density_g_cm3 / POLYMER_DENSITY
    window = attenuation_per_cm("aluminium", at) * g.window_cm
    layers = np.array([float(polymer[0]), float(window[0])])
    mu_per_cm = np.array(germanium_per_cm())
    deposit, weight = _follow(energy_kev, photons, shape, layers, mu_per_cm, rng)
    return deposit, weight / photons


@njit(cache=True)
def _direction(rng: np.random.Generator) -> tuple[float, float, float]:
    cosine = 2.0 * rng.random() - 1.0
    angle = 2.0 * np.pi * rng.random()
    sine = np.sqrt(max(0.0, 1.0 - cosine * cosine))
    return sine * np.cos(angle), sine * np.sin(angle), cosine


@njit(cache=True)
def _turned(
    u: float, v: float, w: float, cosine: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    angle = 2.0 * np.pi * rng.random()
    sine = np.sqrt(max(0.0, 1.0 - cosine * cosine))
    across = np.sqrt(max(0.0, 1.0 - w * w))
    c, s = np.cos(angle), np.sin(angle)
    if across < 1e-9:
        sign = 1.0 if w > 0.0 else -1.0
        return sine * c, sine * s, cosine * sign
    a = u * cosine + sine * (u * w * c - v * s) / across
    b = v * cosine + sine * (v * w * c + u * s) / across
    return a, b, w * cosine - sine * c * across


@njit(cache=True)
def _scattered(energy: float, rng: np.random.Generator) -> tuple[float, float]:
    # Kahn's rejection: returns the energy after scattering and the cosine of the angle.
    alpha = energy / ELECTRON_KEV
    while True:
        one, two, three = rng.random(), rng.random(), rng.random()
        if one <= (1.0 + 2.0 * alpha) / (9.0 + 2.0 * alpha):
            ratio = 1.0 + 2.0 * alpha * two
            if three <= 4.0 * (1.0 / ratio - 1.0 / ratio**2):
                break
        else:
            ratio = (1.0 + 2.0 * alpha) / (1.0 + 2.0 * alpha * two)
            cosine = 1.0 - (ratio - 1.0) / alpha
            if three <= 0.5 * (cosine * cosine + 1.0 / ratio):
                break
    return energy / ratio, 1.0 - (ratio - 1.0) / alpha


@njit(cache=True)
def _entry(place: FloatArray, direction: FloatArray, radius: float, length: float) -> float:
    # Distance to the crystal (z from 0 down to -length) from outside, negative where missed.
    x, y, z = place
    u, v, w = direction
    best = -1.0
    if w < 0.0:
        s = -z / w
        if s >= 0.0 and (x + s * u) ** 2 + (y + s * v) ** 2 <= radius * radius:
            return float(s)
    a = u * u + v * v
    if a > 0.0:
        b = x * u + y * v
        c = x * x + y * y - radius * radius
        root = b * b - a * c
        if root >= 0.0 and c > 0.0:
            s = (-b - np.sqrt(root)) / a
            height = z + s * w
            if s >= 0.0 and -length <= height <= 0.0:
                best = s
    return best


@njit(cache=True)
def _inside(x: float, y: float, z: float, shape: FloatArray) -> int:
    # 0 outside, 1 void of the bore, 2 dead layer, 3 active.
    r2 = x * x + y * y
    if z > 0.0 or z < -shape[1] or r2 > shape[0] ** 2:
        return 0
    if z < -shape[3] and r2 < shape[2] ** 2:
        return 1
    if z > -shape[4] or r2 > (shape[0] - shape[5]) ** 2:
        return 2
    return 3


@njit(cache=True)
def _track(
    stack: FloatArray, shape: FloatArray, mu_per_cm: FloatArray, rng: np.random.Generator
) -> float:
    # Follows the first photon of the stack, and what comes of it; returns the energy left.
    photo, compton, pair = mu_per_cm
    left = 0.0
    n = 1
    while n > 0:
        n -= 1
        energy, x, y, z, u, v, w = stack[n]
        while True:
            k = min(int(energy / STEP_KEV + 0.5), len(photo) - 1)
            mu = photo[k] + compton[k] + pair[k]
            flight = -np.log(1.0 - rng.random()) / mu
            x, y, z = x + flight * u, y + flight * v, z + flight * w
            where = _inside(x, y, z, shape)
            if where == 0:
                break
            if where == 1:
                continue
            active = where == 3
            draw = rng.random() * mu
            if draw < photo[k] or energy < LEAST_KEV:
                kept = energy
                if energy > K_EDGE_KEV and rng.random() < K_XRAYS_PER_ABSORPTION:
                    kept -= K_XRAY_KEV
                    a, b, c = _direction(rng)
                    stack[n] = (K_XRAY_KEV, x, y, z, a, b, c)
                    n += 1
                left += kept if active else 0.0
                break
            if draw < photo[k] + compton[k]:
                after, cosine = _scattered(energy, rng)
                left += energy - after if active else 0.0
                energy = after
                u, v, w = _turned(u, v, w, cosine, rng)
                continue
            left += energy - 2.0 * ELECTRON_KEV if active else 0.0
            a, b, c = _direction(rng)
            stack[n] = (ELECTRON_KEV, x, y, z, a, b, c)
            stack[n + 1] = (ELECTRON_KEV, x, y, z, -a, -b, -c)
            n += 2
            break
    return left


@njit(cache=True)
def _follow(
    energy: float,
    photons: int,
    shape: FloatArray,
    layers: FloatArray,
    mu_per_cm: FloatArray,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    deposit = np.zeros(photons)
    weight = np.zeros(photons)
    stack = np.zeros((STACK, 7))
    for i in range(photons):
        radius = shape[7] * np.sqrt(rng.random())
        x, y = radius, 0.0
        depth = shape[8] * rng.random()
        z = shape[6] + depth
        cosine = -rng.random()
        angle = 2.0 * np.pi * rng.random()
        sine = np.sqrt(1.0 - cosine * cosine)
        u, v, w = sine * np.cos(angle), sine * np.sin(angle), cosine
        s = _entry(np.array([x, y, z]), np.array([u, v, w]), shape[0], shape[1])
        weight[i] = 0.5
        if s < 0.0:
            continue
        slant = max(-w, 1e-3)
        weight[i] = 0.5 * np.exp(-layers[0] * depth / slant - layers[1] / slant)
        stack[0] = (energy, x + s * u, y + s * v, z + s * w, u, v, w)
        deposit[i] = _track(stack, shape, mu_per_cm, rng)
    return deposit, weight
