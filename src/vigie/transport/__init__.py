"""Weather to sensitivities of samples to releases, and from these to source regions."""
