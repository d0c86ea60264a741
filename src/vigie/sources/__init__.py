"""What sources send out: blast waves of explosions, and yield from what arrives."""
