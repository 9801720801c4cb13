"""What the README and the guides show, done as their reader would."""
