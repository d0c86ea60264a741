"""Assessments of waveform events with radionuclide samples as a document, as text and as maps."""
