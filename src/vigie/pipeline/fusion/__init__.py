"""Events and samples to assessments."""
