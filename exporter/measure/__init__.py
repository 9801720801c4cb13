"""How accurate and how fast an export is."""
