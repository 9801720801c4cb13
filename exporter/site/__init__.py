"""The documentation site: pages of all models, built by MkDocs."""
