"""Labelled pictures are found, or what is wrong with them is named."""

import pathlib

import numpy as np
from PIL import Image
import pytest

from exporter import errors
from exporter.measure import labelled


def _picture(path: pathlib.Path, value: int = 0) -> None:
  path.parent.mkdir(parents=True, exist_ok=True)
  Image.fromarray(np.full([4, 4, 3], value, np.uint8)).save(path)


def test_a_folder_is_a_class(tmp_path):
  for name in ('roses/b.png', 'roses/a.jpg', 'daisy/a.png'):
    _picture(tmp_path / name)
  for other in (
    *('roses/notes.txt', 'roses/.thumbs/a.png', 'roses/old/b.txt'),
    *('roses/._a.jpg', '._x.jpg'),
  ):
    (tmp_path / other).parent.mkdir(exist_ok=True)
    (tmp_path / other).touch()
  pictures = labelled.pictures_of_folders(tmp_path)
  assert [(str(p.path.relative_to(tmp_path)), p.label) for p in pictures] == [
    ('daisy/a.png', 'daisy'),
    ('roses/a.jpg', 'roses'),
    ('roses/b.png', 'roses'),
  ]


@pytest.mark.parametrize('name', ['notes.txt', 'a.png', 'a.webp', 'old/a.png'])
def test_a_hidden_folder_is_no_class(tmp_path, name):
  _picture(tmp_path / 'daisy/a.png')
  hidden = tmp_path / '.ipynb_checkpoints' / name
  hidden.parent.mkdir(parents=True)
  hidden.touch()
  pictures = labelled.pictures_of_folders(tmp_path)
  assert [each.label for each in pictures] == ['daisy']


def test_a_list_names_pictures_and_labels(tmp_path):
  for name in ('a b.png', 'c/d.png'):
    _picture(tmp_path / name)
  file = tmp_path / 'list.txt'
  file.write_text('a b.png 7\n\nc/d.png\tgiant panda\n')
  pictures = labelled.pictures_of_list(tmp_path, file)
  assert [(p.path, p.label) for p in pictures] == [
    (tmp_path / 'a b.png', '7'),
    (tmp_path / 'c/d.png', 'giant panda'),
  ]


def _no_folder(folder):
  return labelled.pictures_of_folders(folder / 'none')


def _no_folders(folder):
  _picture(folder / 'a.png')
  return labelled.pictures_of_folders(folder)


def _empty_folder(folder):
  _picture(folder / 'daisy/a.png')
  (folder / 'roses').mkdir()
  return labelled.pictures_of_folders(folder)


def _left_out(name: str):
  def read(folder):
    _picture(folder / 'daisy/a.png')
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return labelled.pictures_of_folders(folder)

  return read


def _list(text: str):
  def read(folder):
    _picture(folder / 'a.png')
    (folder / 'list.txt').write_text(text)
    return labelled.pictures_of_list(folder, folder / 'list.txt')

  return read


def _no_list(folder):
  return labelled.pictures_of_list(folder, folder / 'list.txt')


def test_a_picture_is_one_whatever_leads_to_it(tmp_path):
  _picture(tmp_path / 'a.png')
  (tmp_path / 'b.png').symlink_to('a.png')
  for other in ('b.png', tmp_path / 'a.png'):
    with pytest.raises(errors.PictureError, match=r'line 2: .* as in line 1'):
      _list(f'a.png 1\n{other} 1\n')(tmp_path)


@pytest.mark.parametrize(
  ('read', 'says'),
  [
    (_no_folder, 'is no folder; name one that holds'),
    (_no_folders, 'holds no folders, expected one for each class'),
    (_empty_folder, '1 of 2 folders in .* hold no picture .*: roses; fill or'),
    (_left_out('daisy/b.WebP'), 'would be left out, .* each class: daisy/b.W'),
    (_left_out('c.jpg'), 'would be left out, .* each class: c.jpg; convert or'),
    (_left_out('daisy/more/c.jpg'), 'class: daisy/more; convert or move them'),
    (_list('a.png 1\nb.png 2\n'), 'line 2: there is no .*b.png'),
    (_list('a.png\n'), "line 1: 'a.png', expected PATH LABEL"),
    (_list('a.png,rose\n'), "'a.png,rose', expected PATH LABEL with a tab or"),
    (_list('a.png 1\n\n./a.png 2\n'), 'line 3: ./a.png again, as in line 1'),
    (_list('\n'), 'is empty, expected a line PATH LABEL'),
    (_no_list, 'cannot be read: .*; expected a text file'),
  ],
)
def test_what_is_wrong_is_named(tmp_path, read, says):
  with pytest.raises(errors.PictureError, match=f'(?s){says}'):
    read(tmp_path)


def test_the_digest_is_of_pictures_and_labels(tmp_path):
  _picture(tmp_path / 'x/a.png')
  first = labelled.pictures_of_folders(tmp_path)
  _picture(tmp_path / 'x/a.png', 9)
  other = labelled.Labelled(first[0].path, 'y')
  digests = {labelled.digest(first), labelled.digest([other])}
  _picture(tmp_path / 'x/a.png')
  assert len(digests) == 2
  assert labelled.digest(first) not in digests


@pytest.mark.parametrize('is_folder', [False, True])
def test_a_picture_that_is_no_file_is_named(tmp_path, is_folder):
  _picture(tmp_path / 'x/a.png')
  pictures = labelled.pictures_of_folders(tmp_path)
  pictures[0].path.unlink()
  if is_folder:
    pictures[0].path.mkdir()
  with pytest.raises(errors.PictureError, match=r'a\.png cannot be read'):
    labelled.digest(pictures)
