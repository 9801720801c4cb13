"""The command line: arguments, one library call, an exit code."""
