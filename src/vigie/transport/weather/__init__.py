"""From weather at single times to air in motion, as particles need it."""
