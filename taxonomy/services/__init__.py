"""Every write to the vocabularies."""
