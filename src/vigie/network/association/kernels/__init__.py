"""Numba kernels of the association; imported on first use, compiled once and cached.

Positions are unit vectors from the Earth's centre, so nothing is special at the poles or the
antimeridian. Times are seconds since the run's reference time. Arrays travel in tuples:

* ``picks`` = (time, gain of P, gain of S, sigma, azimuth, its sigma, slowness, its sigma,
  coda of an event over the rate of noise, s), sorted by station, then time; an azimuth or
  slowness that was not measured is NaN; a pick that is taken has gain -1e9.
* ``net`` = (unit, east and north vectors of the stations, first pick of each station, elevation
  terms of P and S).
* ``tabs`` = (first P, first S: time by depth and distance; their model sigmas by distance;
  depths; branches, see ``tables``).
"""
