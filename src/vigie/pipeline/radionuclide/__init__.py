"""Files of radionuclide stations to judged samples: spectra, gases, and their history."""
