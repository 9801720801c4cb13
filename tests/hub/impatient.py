"""`slimhub` whose hub gives its clients half a second for everything."""

from exporter import __main__
from exporter.hub import connection

if __name__ == '__main__':
  connection.Connection.request_seconds = 0.5
  connection.Connection.stall_seconds = 0.5
  __main__.run()
