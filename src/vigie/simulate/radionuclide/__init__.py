"""Simulated radionuclide measurements with exact truth."""
