"""The inventory by epoch: geometry, channels, response, calibration, aliases."""
