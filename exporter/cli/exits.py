"""What a command ends with, for the shell that started it."""

OK = 0
FAILED = 1
USAGE_ERROR = 2
INTERRUPTED = 130
