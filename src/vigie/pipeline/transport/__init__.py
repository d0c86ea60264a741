"""From files of sensitivities and samples to source regions."""
