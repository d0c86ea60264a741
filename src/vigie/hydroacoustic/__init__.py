"""Hydroacoustics: waveforms of hydrophones to detections of H, T and N."""
