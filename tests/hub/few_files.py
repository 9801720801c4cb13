"""`slimhub` in a process that may open few files at a time.

Its clients may take an hour before they take more of a download.
"""

import resource

from exporter import __main__
from exporter.hub import connection

FILES = 256

if __name__ == '__main__':
  resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
  connection.Connection.stall_seconds = 3600
  __main__.run()
