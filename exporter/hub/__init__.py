"""Exports over HTTP, as plain files, and as the caches of clients."""
