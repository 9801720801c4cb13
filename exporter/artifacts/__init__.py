"""Graph and weights become what is delivered, in any format."""
