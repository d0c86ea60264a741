"""Spectra to nuclide results: analysis of radionuclide samples and their judgement."""
