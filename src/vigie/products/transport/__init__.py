"""Source regions as a document, as text and as maps."""
