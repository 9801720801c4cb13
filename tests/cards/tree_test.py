"""The documentation tree: what is committed is what is generated."""

import os
import pathlib
import re

import pytest

from exporter import errors
from exporter.cards import tree
import model_specs
from tests.cards import card_rules

_DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
_COMMITTED = _DOCS / 'model_cards'
_CATALOGUES = _DOCS / 'catalogue'
_CARD = 'google/imagenet/mobilenet_v2_035_96/classification/5.md'


def _read(root: pathlib.Path) -> dict[str, str]:
  return {
    path.relative_to(root).as_posix(): path.read_text(encoding='utf-8')
    for path in root.rglob('*')
    if path.is_file()
  }


def _broken_links(page: pathlib.Path) -> list[str]:
  urls = re.findall(r'\]\(([^)\s#]+)[^)]*\)', page.read_text(encoding='utf-8'))
  return [
    f'{page}: {url}'
    for url in set(urls)
    if '://' not in url and not (page.parent / url).is_file()
  ]


def test_committed_cards_are_up_to_date(tmp_path):
  tree.write_tree(tmp_path)
  assert _read(_COMMITTED) == _read(tmp_path), 'write docs/model_cards again'


def test_committed_catalogues_are_up_to_date(tmp_path):
  output_dir = tmp_path / 'catalogue'
  tree.write_catalogues(output_dir, tmp_path / 'model_cards')
  assert _read(_CATALOGUES) == _read(output_dir), 'write docs/catalogue again'


def test_the_committed_tree_is_valid():
  assert card_rules.tree_violations(_COMMITTED) == []
  assert len(_read(_COMMITTED)) == 1 + len(model_specs.find())


def test_links_in_the_committed_documentation_resolve():
  broken = [
    line for page in _DOCS.rglob('*.md') for line in _broken_links(page)
  ]
  assert broken == []


def test_a_second_run_changes_nothing(tmp_path):
  first = tree.write_tree(tmp_path)
  assert sorted(first) == sorted(p for p in tmp_path.rglob('*') if p.is_file())
  for path in first:
    os.utime(path, (1, 1))
  assert tree.write_tree(tmp_path) == []
  assert {path.stat().st_mtime for path in first} == {1}


def test_only_what_differs_is_written(tmp_path):
  tree.write_tree(tmp_path)
  path = tmp_path / _CARD
  text = path.read_text(encoding='utf-8')
  path.write_text(text.replace('Overview', 'Summary'), encoding='utf-8')
  assert tree.write_tree(tmp_path) == [path]
  assert path.read_text(encoding='utf-8') == text


def test_stale_cards_go_with_their_folders(tmp_path):
  tree.write_tree(tmp_path)
  current = (tmp_path / _CARD).read_text(encoding='utf-8')
  stale = tmp_path / 'google/imagenet/mobilenet_v9_1_2/classification/5.md'
  stale.parent.mkdir(parents=True)
  stale.write_text(current, encoding='utf-8')
  assert tree.write_tree(tmp_path) == [stale]
  assert not stale.parent.parent.exists()
  assert (tmp_path / _CARD).exists()


def test_pages_that_people_wrote_stay(tmp_path):
  own = tmp_path / 'google/imagenet/own/1.md'
  own.parent.mkdir(parents=True)
  own.write_text('# Mine\n', encoding='utf-8')
  tree.write_tree(tmp_path)
  assert own.read_text(encoding='utf-8') == '# Mine\n'


def test_no_page_that_a_person_wrote_is_overwritten(tmp_path):
  own = tmp_path / _CARD
  own.parent.mkdir(parents=True)
  own.write_text('# Mine\n', encoding='utf-8')
  with pytest.raises(errors.ExportError, match=r'not generated.*5\.md'):
    tree.write_tree(tmp_path)
  assert _read(tmp_path) == {_CARD: '# Mine\n'}


def test_no_page_is_written_through_a_link(tmp_path):
  card, outside = tmp_path / 'tree' / _CARD, tmp_path / 'mine'
  card.parent.mkdir(parents=True)
  card.symlink_to(outside)
  with pytest.raises(errors.ExportError, match=r'not generated.*5\.md'):
    tree.write_tree(tmp_path / 'tree')
  assert not outside.exists()


def test_what_is_no_text_stays(tmp_path):
  folder = tmp_path / 'google'
  folder.mkdir()
  (folder / 'a.md').write_bytes(b'\xff')
  os.mkfifo(folder / 'b.md')
  tree.write_tree(tmp_path)
  assert (folder / 'a.md').read_bytes() == b'\xff'
  assert (folder / 'b.md').is_fifo()


def test_another_publisher(tmp_path):
  tree.write_tree(tmp_path, publisher='my-lab')
  assert card_rules.tree_violations(tmp_path) == []
  assert (tmp_path / 'my-lab' / 'my-lab.md').is_file()


def test_publishers_do_not_remove_each_other(tmp_path):
  tree.write_tree(tmp_path)
  tree.write_tree(tmp_path, publisher='my-lab')
  assert tree.write_tree(tmp_path) == []
