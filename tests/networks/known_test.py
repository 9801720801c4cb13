"""A network is built once, and never taken for one that is another."""

from importlib import resources
import pathlib
import stat

import pytest
import tensorflow as tf

from exporter import networks
from exporter import storage
from exporter.networks import blueprint
from exporter.networks import building
from exporter.networks import known
import model_specs
from tests import blueprint_files
from tests import source_tree
from tests import tiny_network
from tests.networks import afresh
from tests.networks import facts

_LENET = networks.architecture(model_specs.NETWORKS['lenet'])
_PUBLISHED = networks.architecture(
  model_specs.get_model('mobilenet_v1_025_128')
)
_OF_BYTES = [
  model
  for model in model_specs.MODELS
  if model.family.is_quantized and model.size == 224
]


@pytest.fixture(name='home', autouse=True)
def _home(monkeypatch, tmp_path) -> pathlib.Path:
  """As for a new user, in a new process."""
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path))
  networks.build.cache_clear()
  return tmp_path


@pytest.fixture
def built(monkeypatch) -> list[networks.Architecture]:
  """The architectures that TF-Slim is asked for."""
  asked: list[networks.Architecture] = []
  build = building.build

  def noting(architecture, is_training):
    asked.append(architecture)
    return build(architecture, is_training)

  monkeypatch.setattr(building, 'build', noting)
  return asked


def _again(architecture=_LENET, **options) -> networks.Source:
  """The inference network, in a process that has not met it."""
  networks.build.cache_clear()
  return networks.build(architecture, is_training=False, **options)


def _file(home: pathlib.Path) -> pathlib.Path:
  (file,) = home.glob('blueprints/*/*')
  return file


def _published_digest(architecture, is_training) -> str:
  name = known.file_name(architecture, is_training)
  data = (blueprint_files.FOLDER / name).read_bytes()
  return afresh.digest_of(blueprint.Blueprint.unpacked(data))


@pytest.mark.parametrize('name', afresh.PUBLISHED)
def test_what_comes_with_slimhub_is_what_tf_slim_builds(name):
  architecture, found = afresh.PUBLISHED[name], facts.of(name)
  assert _published_digest(architecture, False) == found.digest
  assert _published_digest(architecture, True) == found.training_digest


@pytest.mark.parametrize('model', _OF_BYTES, ids=lambda model: model.name)
def test_so_are_the_networks_of_8_bits(model):
  architecture = networks.architecture(model)
  _, digest = afresh.built(architecture, False)
  assert _published_digest(architecture, False) == digest


def test_all_published_networks_come_with_slimhub_and_no_others():
  files = {path.name for path in blueprint_files.FOLDER.iterdir()}
  assert files == {*blueprint_files.published(), known.MADE_BY}
  made_by = (blueprint_files.FOLDER / known.MADE_BY).read_text()
  assert made_by == known.made_by(), 'run `make blueprints`'


def test_what_builds_is_what_is_hashed():
  """Of the modules here, all but OTHERS decide what a network is."""
  modules = source_tree.modules()
  waiting, needed = ['exporter.networks.building'], set()
  while waiting:
    name = waiting.pop()
    if name not in needed and name.startswith('exporter.networks.'):
      needed.add(name)
      waiting += source_tree.imports(modules[name])
  here = {n for n in modules if n.startswith('exporter.networks.')}
  assert {n.rpartition('.')[2] for n in here - needed} == {*known.OTHERS} - {
    '__init__'
  }


def test_a_published_network_is_not_built(built, home):
  assert _again(_PUBLISHED).shapes
  assert not built
  assert not [*home.iterdir()]


def test_a_network_is_built_once_for_all_processes(built):
  first, second = _again(), _again()
  assert built == [_LENET]
  assert first.graph.as_graph_def() == second.graph.as_graph_def()
  assert (first.shapes, first.trainable) == (second.shapes, second.trainable)


def test_each_architecture_and_mode_has_its_own(built):
  _again()
  networks.build(_LENET, is_training=True)
  colours = networks.Architecture('lenet', None, 10, channels=3, size=28)
  _again(colours)
  assert built == [_LENET, _LENET, colours]


def test_it_is_built_afresh_where_that_is_asked(built):
  _again(_PUBLISHED, afresh=True)
  _again(afresh=True)
  _again(afresh=True)
  assert built == [_PUBLISHED, _LENET, _LENET]


@pytest.mark.parametrize('architecture', [_LENET, _PUBLISHED])
def test_one_of_another_tensorflow_is_none(built, monkeypatch, architecture):
  _again(architecture)
  before = len(built)
  monkeypatch.setattr(tf, '__version__', '2.99.0')
  known.made_by.cache_clear()
  try:
    _again(architecture)
    _again(architecture)
    assert len(built) == before + 1
  finally:
    known.made_by.cache_clear()


@pytest.mark.parametrize(
  'spoil',
  [
    lambda data: data[: len(data) // 2],
    lambda data: b'',
    lambda data: b'no network',
    lambda data: data[:-60] + bytes(60),
    lambda data: bytes(byte ^ (i == 200) for i, byte in enumerate(data)),
  ],
)
def test_a_spoiled_file_is_none_and_is_written_again(built, home, spoil):
  whole = _again().graph.as_graph_def()
  file = _file(home)
  file.write_bytes(spoil(file.read_bytes()))
  assert _again().graph.as_graph_def() == whole
  assert len(built) == 2
  _again()
  assert len(built) == 2


def test_a_spoiled_published_file_is_built_again(built, monkeypatch, tmp_path):
  name = known.file_name(_PUBLISHED, False)
  folder = tmp_path / known.FOLDER
  folder.mkdir()
  data = (blueprint_files.FOLDER / name).read_bytes()
  (folder / name).write_bytes(data[:-1])
  (folder / known.MADE_BY).write_text(known.made_by())
  monkeypatch.setattr(resources, 'files', lambda _: tmp_path)
  assert _again(_PUBLISHED).shapes
  assert built == [_PUBLISHED]


def test_where_nothing_can_be_kept_it_is_built_each_time(built, monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', '/dev/null/home')
  assert _again().shapes == _again().shapes
  assert len(built) == 2


@pytest.mark.parametrize('is_folder', [False, True])
def test_one_that_others_can_change_is_none(built, home, is_folder):
  _again()
  file = _file(home)
  opened = file.parent if is_folder else file
  opened.chmod(opened.stat().st_mode | stat.S_IWOTH)
  _again()
  assert len(built) == 2


def test_a_network_of_somebody_else_is_never_kept(built, home):
  with tiny_network.registered() as model:
    tiny = networks.architecture(model)
    _again(tiny)
    _again(tiny)
  assert built == [tiny, tiny]
  assert not [*home.iterdir()]


def test_its_folder_is_named_by_what_made_it(home):
  _again()
  folder = _file(home).parent.parent
  assert folder == storage.default_blueprint_dir() == home / 'blueprints'
