"""Programs that nobody here wrote, from package registries, on our exports."""
