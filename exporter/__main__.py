"""`python -m exporter`, the same as the console script `slimhub`."""

from absl import app

from exporter import cli


def run() -> None:
  """Runs the command line and exits with its code."""
  app.run(cli.main, flags_parser=cli.parse)


if __name__ == '__main__':
  run()
