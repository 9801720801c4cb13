"""`slimhub` in a process that may open few files at a time."""

import resource

from exporter import __main__

FILES = 256

if __name__ == '__main__':
  resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
  __main__.run()
