"""Seismic station processing: waveforms to detections."""
