"""The exit codes of all commands."""

OK = 0
FAILED = 1
USAGE_ERROR = 2
INTERRUPTED = 130
