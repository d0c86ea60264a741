"""Plain twins of the compiled kernels, on arrays of particles, by which these are tested."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.transport.grid_wind import CARTESIAN_FROM_DEG
from vigie.transport.philox import MULTIPLIERS, N_ROUNDS, TO_UNIT, WEYL
from vigie.transport.sphere import latitude_longitude_deg
from vigie.transport.turbulence import (
    CORIOLIS_PER_S,
    HORIZONTAL_TIME_FLOOR_S,
    LOWEST_SCALED_HEIGHT,
    NEUTRAL,
    SIGMA_FLOOR_M_S,
    STABLE,
    VERTICAL_TIME_FLOOR_S,
)
from vigie.transport.walk import n_sub_steps

if TYPE_CHECKING:
    from vigie.transport.air import Flow
    from vigie.transport.grid_wind import GridWind
    from vigie.transport.turbulence import BoundaryLayer
    from vigie.transport.walk import Cloud, Stepping

FloatArray = NDArray[np.float64]
WordArray = NDArray[np.uint64]
LOW = np.uint64(0xFFFFFFFF)
WORD = np.uint64(32)


def philox(counter: WordArray, key: WordArray) -> WordArray:
    """Return the words of counters, shape (n, 4), under a key, shape (2,)."""
    c = np.asarray(counter, dtype=np.uint64).T.copy()
    k = np.asarray(key, dtype=np.uint64)
    for turn in range(N_ROUNDS):
        k0, k1 = (k + np.uint64(turn) * np.array(WEYL)) & LOW
        a, b = c[0] * MULTIPLIERS[0], c[2] * MULTIPLIERS[1]
        c = np.stack([(b >> WORD) ^ c[1] ^ k0, b & LOW, (a >> WORD) ^ c[3] ^ k1, a & LOW])
    return c.T


def normals(seed: int, particle: NDArray[np.int64], step: int, draw: int) -> FloatArray:
    """Return four standard normals of each particle, shape (n, 4)."""
    wide = particle.astype(np.uint64)
    counter = np.empty((len(wide), 4), dtype=np.uint64)
    counter[:, 0], counter[:, 1], counter[:, 2], counter[:, 3] = (
        draw,
        step,
        wide & LOW,
        wide >> WORD,
    )
    key = np.array([seed & 0xFFFFFFFF, seed >> 32], dtype=np.uint64)
    u = (philox(counter, key) + 0.5) * TO_UNIT
    radius = np.sqrt(-2.0 * np.log(u[:, ::2]))
    turn = 2.0 * np.pi * (u[:, 1::2] - 0.5)
    pairs = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1)
    return np.asarray(pairs.reshape(len(wide), 4))


def vertical(z_m: FloatArray, layer: BoundaryLayer) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return sigma_w, its derivative and T_w."""
    h, u, w, length = layer[:4]
    zeta = z_m / h
    if layer.regime == NEUTRAL:
        plain = 1.3 * u * np.exp(-2.0 * CORIOLIS_PER_S * z_m / u)
        slope = -2.6 * CORIOLIS_PER_S * np.exp(-2.0 * CORIOLIS_PER_S * z_m / u)
        sigma = plain + SIGMA_FLOOR_M_S
        time = 0.5 * z_m / sigma / (1.0 + 15.0 * CORIOLIS_PER_S * z_m / u)
    elif layer.regime == STABLE:
        sigma = 1.3 * u * (1.0 - zeta) + SIGMA_FLOOR_M_S
        slope = np.full_like(z_m, -1.3 * u / h)
        time = 0.10 * h / sigma * np.maximum(zeta, LOWEST_SCALED_HEIGHT) ** 0.8
    else:
        c = np.maximum(zeta, LOWEST_SCALED_HEIGHT)
        root = np.sqrt(1.2 * w**2 * (1 - 0.9 * c) * c ** (2 / 3) + (1.8 - 1.4 * zeta) * u**2)
        convective = w**2 * (0.8 * c ** (-1 / 3) - 1.8 * c ** (2 / 3))
        convective = np.where(zeta > LOWEST_SCALED_HEIGHT, convective, 0.0)
        slope = (convective - 1.4 * u**2) / (2.0 * h * root)
        sigma = root + SIGMA_FLOOR_M_S
        size = abs(length)
        low = 0.1 * z_m / (sigma * (0.55 - 0.38 * np.minimum(z_m, size) / size))
        high = 0.15 * h / sigma * (1.0 - np.exp(-5.0 * zeta))
        time = np.where(z_m < size, low, np.where(zeta < 0.1, 0.59 * z_m / sigma, high))
    return sigma, slope, np.maximum(time, VERTICAL_TIME_FLOOR_S)


def horizontal(z_m: FloatArray, layer: BoundaryLayer) -> tuple[FloatArray, ...]:
    """Return sigma_u, sigma_v, T_u and T_v."""
    h, u, _, length = layer[:4]
    zeta, floor = z_m / h, HORIZONTAL_TIME_FLOOR_S
    if layer.regime == NEUTRAL:
        fall = CORIOLIS_PER_S * z_m / u
        sigma_u = 2.0 * u * np.exp(-3.0 * fall) + SIGMA_FLOOR_M_S
        sigma_v = 1.3 * u * np.exp(-2.0 * fall) + SIGMA_FLOOR_M_S
        time = np.maximum(0.5 * z_m / sigma_v / (1.0 + 15.0 * fall), floor)
        return sigma_u, sigma_v, time, time
    if layer.regime == STABLE:
        sigma_u = 2.0 * u * (1.0 - zeta) + SIGMA_FLOOR_M_S
        sigma_v = 1.3 * u * (1.0 - zeta) + SIGMA_FLOOR_M_S
        time_u = np.maximum(0.15 * h / sigma_u * np.sqrt(zeta), floor)
        return sigma_u, sigma_v, time_u, np.maximum(0.07 * h / sigma_v * np.sqrt(zeta), floor)
    sigma = np.full_like(z_m, u * (12.0 + 0.5 * h / abs(length)) ** (1 / 3) + SIGMA_FLOOR_M_S)
    time = np.maximum(0.15 * h / sigma, floor)
    return sigma, sigma, time, time


def fold(z_m: FloatArray, omega: FloatArray, height_m: float) -> tuple[FloatArray, FloatArray]:
    """Reflect, one wall after the other, until all are inside."""
    z, w = z_m.copy(), omega.copy()
    while np.any(out := (z < 0.0) | (z > height_m)):
        z = np.where(z < 0.0, -z, np.where(z > height_m, 2.0 * height_m - z, z))
        w = np.where(out, -w, w)
    return z, w


def moved(
    z_m: FloatArray, omega: FloatArray, dt_s: float, layer: BoundaryLayer
) -> tuple[FloatArray, FloatArray]:
    """Return height and omega after a way: trapezoid (neutral) or third order."""

    def sigma_at(way_m: FloatArray) -> FloatArray:
        return vertical(fold(z_m + way_m, omega, layer.height_m)[0], layer)[0]

    way, here = dt_s * omega, vertical(z_m, layer)[0]
    if layer.regime == NEUTRAL:
        mean = 0.5 * (here + sigma_at(way * here))
    else:
        # Kutta's method of third order for dz/ds = omega sigma_w(z).
        middle = sigma_at(0.5 * way * here)
        mean = (here + 4.0 * middle + sigma_at(way * (2.0 * middle - here))) / 6.0
    return fold(z_m + way * mean, omega, layer.height_m)


def kicked(
    z_m: FloatArray, omega: FloatArray, dt_s: float, layer: BoundaryLayer, normal: FloatArray
) -> FloatArray:
    """Return omega after drift, decay and noise."""
    sigma, slope, time = vertical(z_m, layer)
    kept = (2.0 * time - dt_s) / (2.0 * time + dt_s)
    drift = slope + sigma * layer.density_gradient_per_m
    return np.asarray(
        kept * omega + 0.5 * dt_s * (1.0 + kept) * drift + np.sqrt(1.0 - kept**2) * normal
    )


def walk(cloud: Cloud, layer: BoundaryLayer, stepping: Stepping, seed: int, step: int) -> Cloud:
    """Return the particles after one step; all must be within the layer."""
    dt = stepping.duration_s
    first = normals(seed, cloud.particle, step, 0)
    sigma_u, sigma_v, time_u, time_v = horizontal(cloud.z_m, layer)
    u, along = _carried(cloud.along_m_s, sigma_u, dt / time_u, first[:, :2])
    v, cross = _carried(cloud.cross_m_s, sigma_v, dt / time_v, first[:, 2:])
    z, w = cloud.z_m, cloud.omega
    count = n_sub_steps(layer, stepping)
    part = dt / count
    z, w = moved(z, w, 0.5 * part, layer)
    for k in range(count):
        normal = normals(seed, cloud.particle, step, 1 + k // 4)[:, k % 4]
        w = kicked(z, w, part, layer, normal)
        z, w = moved(z, w, part if k < count - 1 else 0.5 * part, layer)
    return cloud._replace(
        z_m=z,
        omega=w,
        along_m_s=u,
        cross_m_s=v,
        along_m=cloud.along_m + along * dt,
        cross_m=cloud.cross_m + cross * dt,
    )


def _carried(
    velocity_m_s: FloatArray, sigma_m_s: FloatArray, ratio: FloatArray, draws: FloatArray
) -> tuple[FloatArray, FloatArray]:
    kept = np.exp(-ratio)
    after = kept * velocity_m_s + sigma_m_s * np.sqrt(1.0 - kept**2) * draws[:, 0]
    half = np.tanh(0.5 * ratio)
    spread = sigma_m_s * np.sqrt(2.0 * (ratio - 2.0 * half))
    return after, (half * (velocity_m_s + after) + spread * draws[:, 1]) / ratio


def wind_on_grid(grid: GridWind, positions: FloatArray, time_s: float) -> FloatArray:
    """Return winds as Cartesian vectors, shape (n, 3), at positions, shape (n, 3)."""
    latitude, longitude = latitude_longitude_deg(positions)
    _, n_rows, n_columns = grid.east_m_s.shape
    step, turn = 180.0 / (n_rows - 1), 360.0 / n_columns
    later = (time_s - grid.start_s) / (grid.end_s - grid.start_s)
    east = (1.0 - later) * grid.east_m_s[0] + later * grid.east_m_s[1]
    north = (1.0 - later) * grid.north_m_s[0] + later * grid.north_m_s[1]
    fy = (latitude + 90.0) / step
    fx = (longitude - grid.west_deg) / turn % n_columns
    row, column = np.minimum(fy.astype(int), n_rows - 2), fx.astype(int)
    p, q = fy - row, fx - column
    plain, polar = np.zeros((2, len(fy))), np.zeros((len(fy), 3))
    for i, j, weight in (
        (0, 0, (1 - p) * (1 - q)),
        (0, 1, (1 - p) * q),
        (1, 0, p * (1 - q)),
        (1, 1, p * q),
    ):
        at = row + i, (column + j) % n_columns
        plain += weight * np.stack([east[at], north[at]])
        e, n = _east_north(at[0] * step - 90.0, grid.west_deg + at[1] * turn)
        polar += weight[:, None] * (east[at][:, None] * e + north[at][:, None] * n)
    polar -= np.sum(polar * positions, axis=1, keepdims=True) * positions
    e, n = _east_north(latitude, longitude)
    usual = plain[0][:, None] * e + plain[1][:, None] * n
    return np.where(np.abs(latitude)[:, None] > CARTESIAN_FROM_DEG, polar, usual)


def motion(
    flow: Flow, positions: FloatArray, eta: FloatArray, time_s: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return winds, shape (n, 3), rates of eta and masses dp/deta of air; all within the grid."""
    latitude, longitude = latitude_longitude_deg(positions)
    rows, n_columns = flow.latitudes, flow.n_columns
    n_cells = n_columns if flow.cyclic else n_columns - 1
    winds = flow.wind_m_s.reshape(len(rows), n_columns, -1, 2, 2)
    risings = flow.rising_pa_s.reshape(len(rows) - 1, n_cells, -1, 2)
    pressure = flow.surface[:, 0].reshape(len(rows), n_columns, 2)
    row = np.clip(np.searchsorted(rows, latitude, side="right") - 1, 0, len(rows) - 2)
    fx = (longitude - flow.west_deg) % 360.0 / flow.column_deg
    column = np.minimum(fx.astype(int), n_columns - 1)
    slab = np.clip(np.searchsorted(-flow.eta, -eta, side="right") - 1, 0, len(flow.eta) - 2)
    p = (latitude - rows[row]) / (rows[row + 1] - rows[row])
    q = fx - column
    thick = flow.eta[slab] - flow.eta[slab + 1]
    up = (flow.eta[slab] - eta) / thick
    da, db = -np.diff(flow.level_a_pa)[slab], -np.diff(flow.level_b)[slab]
    late = (time_s - flow.start_s) / (flow.end_s - flow.start_s)
    mass, plain, polar = np.zeros(len(p)), np.zeros((2, len(p))), np.zeros((len(p), 3))
    for when, i, j in itertools.product(range(2), range(2), range(2)):
        part = (late if when else 1.0 - late) * (p if i else 1.0 - p) * (q if j else 1.0 - q)
        at = row + i, (column + j) % n_columns
        weight = part * (da + db * pressure[(*at, when)])
        wind = (1.0 - up)[:, None] * winds[(*at, slab, when)]
        wind = wind + up[:, None] * winds[(*at, slab + 1, when)]
        e, n = _east_north(rows[at[0]], flow.west_deg + at[1] * flow.column_deg)
        mass += weight
        plain += weight * wind.T
        polar += weight[:, None] * (wind[:, :1] * e + wind[:, 1:] * n)
    polar -= np.sum(polar * positions, axis=1, keepdims=True) * positions
    e, n = _east_north(latitude, longitude)
    usual = plain[0][:, None] * e + plain[1][:, None] * n
    vector = np.where(np.abs(latitude)[:, None] > CARTESIAN_FROM_DEG, polar, usual)
    ends = [
        (1.0 - up) * risings[row, column, slab, when] + up * risings[row, column, slab + 1, when]
        for when in range(2)
    ]
    rising = (1.0 - late) * ends[0] + late * ends[1]
    return vector / mass[:, None], -rising * thick / mass, mass


def _east_north(latitude_deg: FloatArray, longitude_deg: FloatArray) -> tuple[FloatArray, ...]:
    phi, lam = np.radians(latitude_deg), np.radians(longitude_deg)
    east = np.stack([-np.sin(lam), np.cos(lam), np.zeros_like(lam)], axis=1)
    north = np.stack([-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)], axis=1)
    return east, north
