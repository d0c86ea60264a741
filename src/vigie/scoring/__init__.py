"""Results against truth, or against another bulletin."""
