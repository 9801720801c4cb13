"""The artifact, reloaded from its files and compared with its source."""
