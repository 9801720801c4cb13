"""Runtimes that nobody here wrote, each on the files that it reads."""
