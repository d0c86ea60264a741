"""Where, when and how much was released: regions and posteriors from sensitivities and samples."""
