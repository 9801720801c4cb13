"""One script for each client, in the syntax of Python 3.7: old ones run it."""
