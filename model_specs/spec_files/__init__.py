"""Models of one's own, as TOML files describe them."""
