"""Message catalogues: a code and its parameters become a sentence of a language."""
