"""Waveform events and radionuclide samples in one assessment."""
