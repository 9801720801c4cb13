"""The photographs of scikit-image: whole, the same every time, asked for."""

import hashlib
import pathlib

import numpy as np
import pytest

from exporter import environment
from exporter import errors
from exporter.measure import photographs
from exporter.measure import pictures


@pytest.fixture(name='home')
def _home(tmp_path, monkeypatch):
  home = tmp_path / 'home'
  monkeypatch.setenv('SLIMHUB_HOME', str(home))
  return home


@pytest.fixture(name='few')
def _few(monkeypatch):
  """A dozen squares, where it does not matter how many are cut and written."""
  monkeypatch.setattr(photographs, '_SQUARES', 12)


def _photographs() -> pathlib.Path:
  folder = photographs.pictures_folder(photographs.PHOTOGRAPHS)
  assert folder
  return folder


def _hashes(folder: pathlib.Path) -> dict[str, str]:
  return {
    path.name: hashlib.sha256(path.read_bytes()).hexdigest()
    for path in folder.iterdir()
  }


def test_they_are_squares_of_each_photograph_and_no_two_alike(home):
  folder = _photographs()
  assert folder == home / 'photographs'
  hashes = _hashes(folder)
  assert len(set(hashes.values())) == len(hashes) == 128
  kinds = {name.partition('_')[2] for name in hashes}
  assert kinds == {
    *('astronaut.png', 'chelsea.png'),
    *('coffee.png', 'rocket.png'),
  }
  for path in folder.iterdir():
    height, width, channels = pictures.decode(path).shape
    assert height == width >= 96
    assert channels == 3
  images = pictures.read_pictures(folder, 96)
  assert images.std(axis=(1, 2, 3)).min() > 10  # None is of one colour.
  assert list(home.iterdir()) == [folder]


@pytest.mark.usefixtures('few')
def test_they_are_made_once_and_alike(home):
  folder = _photographs()
  before = _hashes(folder)
  (folder / '000_astronaut.png').write_bytes(b'mine')
  _photographs()
  assert (folder / '000_astronaut.png').read_bytes() == b'mine'
  (folder / '001_chelsea.png').unlink()  # Somebody cleans up.
  _photographs()
  assert _hashes(folder) == before
  folder.rename(home / 'elsewhere')
  _photographs()
  assert _hashes(folder) == before


def test_a_folder_is_a_folder_whatever_its_name(home, tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  pathlib.Path(photographs.PHOTOGRAPHS).mkdir()
  assert photographs.pictures_folder(None) is None
  named = pathlib.Path(photographs.PHOTOGRAPHS)
  assert photographs.pictures_folder(named) == named
  assert photographs.pictures_folder('./photographs') == named
  assert not home.exists()


@pytest.mark.usefixtures('few')
def test_an_interrupted_writer_leaves_nothing(home, monkeypatch):
  cut, cuts = photographs._cut, []

  def interrupted(*args):
    cuts.append(args)
    if len(cuts) == 9:
      raise KeyboardInterrupt
    return cut(*args)

  monkeypatch.setattr(photographs, '_cut', interrupted)
  with pytest.raises(KeyboardInterrupt):
    _photographs()
  assert not list(home.iterdir())


@pytest.mark.usefixtures('few')
def test_another_process_may_be_faster(home, monkeypatch):
  write = photographs._write

  def slow(folder):
    write(folder)
    theirs = home / 'photographs'
    theirs.mkdir()
    (theirs / 'theirs.png').touch()

  monkeypatch.setattr(photographs, '_write', slow)
  folder = _photographs()
  assert [path.name for path in folder.iterdir()] == ['theirs.png']


@pytest.mark.usefixtures('few')
def test_what_somebody_may_read_is_there_until_it_is_replaced(
  home, monkeypatch
):
  folder = _photographs()
  before = _hashes(folder)
  (folder / '001_chelsea.png').unlink()
  write, there = photographs._write, []

  def noting(new):
    write(new)
    there.append(len(_hashes(folder)))

  monkeypatch.setattr(photographs, '_write', noting)
  assert _hashes(_photographs()) == before
  assert there == [len(before) - 1]
  assert list(home.iterdir()) == [folder]


def test_a_place_that_cannot_be_written_to_is_told(home):
  home.touch()
  with pytest.raises(
    errors.ExportError, match=r'photographs to .*SLIMHUB_HOME'
  ):
    _photographs()


def test_the_package_is_asked_for(home, monkeypatch):
  monkeypatch.setattr(environment, 'is_installed', lambda package: False)
  with pytest.raises(
    errors.PackageError, match=r"pip install 'slimhub\[photographs\]'"
  ):
    _photographs()
  assert not home.exists()


def test_a_square_lies_within_its_photograph():
  photograph = np.arange(40 * 30 * 3).reshape(40, 30, 3)
  random = np.random.RandomState(1)
  for _ in range(50):
    square = photographs._cut(photograph, random)
    assert 10 <= square.shape[0] == square.shape[1] <= 30
    assert np.isin(square, photograph).all()
