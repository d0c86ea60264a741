"""Kernels that know no technology: masks, filters, detectors, spectra, beams, f-k."""
