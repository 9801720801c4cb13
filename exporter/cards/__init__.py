"""Pages that describe artifacts."""
