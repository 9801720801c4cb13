"""Starts slimhub, as its console script does.

Python puts the folder of the script that it runs first on its path. Nothing in
this folder can be taken for another package, while `exporter/` has a module
called `markdown`, for example.
"""

from exporter import __main__

if __name__ == '__main__':
  __main__.run()
