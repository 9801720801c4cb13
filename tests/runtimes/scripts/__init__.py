"""What runs files in the Python of an environment; none imports the others."""
