"""The published models, one file a family."""
