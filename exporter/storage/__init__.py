"""Exports and partial files, in a folder or a bucket: whole or not at all."""
