"""No command waits for packages that it does not need."""

import json
import os
import subprocess
import sys

from tests import each
from tests import source_tree

# Whoever imports it dies, be it the command or a worker of it.
_ABORT = 'import os; os.abort()'


def test_a_command_imports_nothing_that_it_does_not_need(tmp_path):
  command = [sys.executable, '-m', 'exporter', 'export', '--synthetic_weights']
  command += ['mobilenet_v1_025_128/feature_vector', '--output_dir=out']

  def run(*more: str, **changes: str) -> str:
    paths = [changes.pop('first', ''), str(source_tree.ROOT)]
    done = subprocess.run(
      [*command, *more, '--progress=json'],
      cwd=tmp_path,
      env={**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, paths))},
      stdout=subprocess.PIPE,
      text=True,
      check=False,
    )
    return done.stdout

  def events(printed: str) -> list[str]:
    return [json.loads(line)['event'] for line in printed.splitlines()][1:-1]

  def without(package: str) -> str:
    """A folder to import from first, in which a package kills who wants it."""
    folder = tmp_path / f'no_{package}'
    (folder / package).mkdir(parents=True)
    (folder / package / '__init__.py').write_text(_ABORT)
    return str(folder)

  no_tensorflow = without('tensorflow')
  assert events(run('--jobs=1', first=without('keras'))) == ['proven'] * 2
  assert events(run(first=no_tensorflow)) == ['kept'] * 2
  assert events(run('--force', first=no_tensorflow)) == ['failed'] * 2


_REPORT = """
import sys
from exporter import __main__
try:
  __main__.run()
finally:
  sys.stderr.write(' '.join(sys.modules))
"""
_HEAVY = {
  *('argcomplete', 'asyncio', 'fsspec', 'numpy', 'requests'),
  *('starlette', 'tensorflow', 'tqdm', 'upath', 'uvicorn'),
}


def _imported(*argv: str) -> set[str]:
  """What a command that succeeds has imported in the end."""
  done = subprocess.run(
    [sys.executable, '-c', _REPORT, *argv],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  return set(done.stderr.split())


@each.over(
  'argv',
  [
    ('list',),
    ('list', '--help'),
    ('export', '--help'),
    ('verify', '--help'),
    ('serve', '--help'),
    ('seed_cache', '--help'),
    ('pack', '--help'),
  ],
  ' '.join,
)
def test_commands_import_nothing_heavy_to_say_what_they_are(argv):
  imported = _imported(*argv)
  own = {'exporter.cli.commands', f'exporter.cli.commands.{argv[0]}'}
  assert {m for m in imported if m.startswith('exporter.cli.commands')} == own
  assert not imported & _HEAVY
