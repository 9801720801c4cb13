"""The default folder, and the command that fills it."""

import pathlib

import pytest

from exporter import errors
from exporter.storage import home


@pytest.mark.parametrize(
  ('variables', 'folder'),
  [
    ({}, '~/.cache/slimhub/checkpoints'),
    ({'XDG_CACHE_HOME': '/cache'}, '/cache/slimhub/checkpoints'),
    ({'SLIMHUB_HOME': '/data', 'XDG_CACHE_HOME': '/c'}, '/data/checkpoints'),
    ({'SLIMHUB_HOME': '~/s'}, '~/s/checkpoints'),
    ({'SLIMHUB_HOME': ''}, '~/.cache/slimhub/checkpoints'),
  ],
)
def test_the_default_folder(monkeypatch, variables, folder):
  for name in ('SLIMHUB_HOME', 'XDG_CACHE_HOME'):
    monkeypatch.delenv(name, raising=False)
  for name, value in variables.items():
    monkeypatch.setenv(name, value)
  assert home.default_checkpoint_dir() == pathlib.Path(folder).expanduser()


def test_the_command_names_a_folder_only_where_it_must():
  default = home.default_checkpoint_dir()
  assert home.fetch_command(default, 'a', 'b') == 'slimhub fetch a b'
  assert home.fetch_command(pathlib.Path('my dir'), 'a') == (
    "slimhub fetch a '--checkpoint_dir=my dir'"
  )


def test_each_export_folder_has_a_stock_of_its_own(monkeypatch, tmp_path):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path))
  (tmp_path / 'a').mkdir()
  (tmp_path / 'link').symlink_to('a')
  stock = home.default_stock_dir(tmp_path / 'a')
  assert stock.parent == tmp_path / 'stock'
  assert home.default_stock_dir(tmp_path / 'link') == stock
  assert home.default_stock_dir(tmp_path / 'b') != stock


def test_a_home_that_nobody_has_is_one_error(monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', '~no-such-user/x')
  with pytest.raises(errors.ExportError, match='set SLIMHUB_HOME'):
    home.default_checkpoint_dir()
  command = home.fetch_command(pathlib.Path('here'), 'a')
  assert command == 'slimhub fetch a --checkpoint_dir=here'
