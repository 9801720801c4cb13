"""One module a command: HELP, add_flags(parser), run(args) -> exit code."""
