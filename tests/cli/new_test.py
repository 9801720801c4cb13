"""What `slimhub new` writes passes as it stands."""

import json
import pathlib
import shlex

import jsonschema
import pytest

from exporter.cli import entry
from model_specs import published
from model_specs.spec_files import files
from model_specs.spec_files import text


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', *argv]))


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch) -> pathlib.Path:
  monkeypatch.chdir(tmp_path)
  return tmp_path


@pytest.mark.parametrize('network', published.NETWORKS)
def test_the_file_of_every_network_is_a_model(network, tmp_path):
  assert _main('new', 'my_model', f'--network={network}') == 0
  (model,) = files.load_registry(tmp_path / 'my_model.toml').own
  assert (model.name, model.network) == ('my_model', network)
  assert [str(handle) for handle in model.handles()] == [
    f'me/my_pictures/my_model/{task}/{number}'
    for task in ('classification', 'feature_vector')
    for number in (1, 2)
  ]


def test_the_schema_beside_it_takes_it(tmp_path):
  assert _main('new', 'acme/flowers/net', '--output=specs/my.toml') == 0
  path = tmp_path / 'specs/my.toml'
  first, *_ = path.read_text().splitlines()
  assert first == '#:schema ./spec_file.schema.json'
  schema = json.loads((path.parent / first.split('/')[-1]).read_text())
  jsonschema.validate(files._load(path), schema)
  assert schema == text.schema()


def test_it_says_what_comes_next(capsys):
  assert _main('new', 'acme/flowers/net') == 0
  assert 'slimhub export acme/flowers/net --spec_file=net.toml' in (
    capsys.readouterr().out
  )


def test_what_comes_next_is_a_command_of_a_shell(capsys):
  assert _main('new', 'net', "--output=my own 'specs'/my net.toml") == 0
  *_, command = capsys.readouterr().out.splitlines()
  words = shlex.split(command)
  assert words[:2] == ['slimhub', 'export']
  assert "--spec_file=my own 'specs'/my net.toml" in words


@pytest.mark.parametrize(
  ('argv', 'says'),
  [
    (['acme/net'], 'expected NAME or PUBLISHER/DATASET/NAME'),
    (['Net'], "name is 'Net', expected lower-case letters"),
    (['Acme/flowers/net'], "publisher is 'Acme', expected"),
    (['there'], 'there.toml is there already; remove it, or name another'),
  ],
)
def test_a_wrong_name_exits_2_and_writes_nothing(argv, says, tmp_path, capsys):
  there = tmp_path / 'there.toml'
  there.touch()
  assert _main('new', *argv) == 2
  assert says in capsys.readouterr().err
  assert list(tmp_path.iterdir()) == [there]


def test_a_published_handle_is_refused(tmp_path, capsys):
  assert _main('new', 'google/imagenet/mobilenet_v2_100_224') == 1
  assert 'has the name of a published model' in capsys.readouterr().err
  assert not list(tmp_path.iterdir())


def test_a_wrong_network_names_the_closest(capsys):
  with pytest.raises(SystemExit) as raised:
    _main('new', 'net', '--network=mobilnet_v2')
  assert raised.value.code == 2
  assert 'did you mean mobilenet_v2?' in capsys.readouterr().err
