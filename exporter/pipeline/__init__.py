"""What runs the flow, for one model or for thousands."""
