"""`slimhub site`: what it prints, and what it says when it fails."""

from importlib import util

import pytest

from exporter.cli import entry
from exporter.site import build
from exporter.site import tree
from tests import file_tree
from tests import some_exports
from tests.site import some_site


def _main(*argv: object) -> int:
  return entry.main(entry.parse(['slimhub', 'site', *map(str, argv)]))


@pytest.fixture(name='page')
def _page(monkeypatch):
  """A site of one page, made in no time."""
  monkeypatch.setattr(tree, 'pages', lambda _: {'index.md': '# New\n'})
  monkeypatch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])


@pytest.mark.usefixtures('page')
def test_it_says_where_the_site_is(tmp_path, capsys):
  exports = some_site.exports(tmp_path / 'exports')
  site = tmp_path / 'site'
  assert _main(f'--output_dir={site}', f'--hub_dir={exports}') == 0
  printed = capsys.readouterr()
  assert printed.out == f'1 pages in {site}; open index.html there\n'
  assert not printed.err
  assert (site / f'{some_site.LITERT}').is_file()


@pytest.mark.usefixtures('page')
def test_it_copies_no_file_if_told_so_and_maps_where_it_will_be(tmp_path):
  exports = some_site.exports(tmp_path / 'exports')
  site = tmp_path / 'site'
  flags = ('--without_downloads', '--site_url=https://example.org/sub/')
  assert _main(f'--output_dir={site}', f'--hub_dir={exports}', *flags) == 0
  assert not (site / f'{some_site.LITERT}').exists()
  assert (site / f'{some_site.LITERT.stem}.json').is_file()
  sitemap = (site / 'sitemap.xml').read_text()
  assert '<loc>https://example.org/sub/index.html</loc>' in sitemap


@pytest.mark.usefixtures('page')
@pytest.mark.parametrize('where', ['exports', 'exports/site', '.'])
def test_exports_are_not_replaced_by_a_site(tmp_path, capsys, where):
  exports = some_exports.make(tmp_path / 'hub' / 'exports')
  (exports.parent / build.MARK).touch()  # As if there had been a site here.
  before = file_tree.read(tmp_path)
  site = exports.parent / where
  assert _main(f'--output_dir={site}', f'--hub_dir={exports}') == 1
  assert f'lies in {exports}, where the exports are' in capsys.readouterr().err
  assert file_tree.read(tmp_path) == before


@pytest.mark.parametrize(
  ('flag', 'says'),
  [
    ('--without_downloads', 'is for --hub_dir'),
    ('--site_url=example.org', 'expected http:// or https://'),
  ],
)
def test_a_flag_that_makes_no_sense_is_one_line(tmp_path, capsys, flag, says):
  with pytest.raises(SystemExit) as raised:
    raise SystemExit(_main(f'--output_dir={tmp_path / "site"}', flag))
  assert raised.value.code == 2
  assert says in capsys.readouterr().err
  assert not (tmp_path / 'site').exists()


@pytest.mark.parametrize(
  ('name', 'says'),
  [('exports', 'found 0 exports there'), ('nowhere', 'nowhere')],
)
def test_a_folder_without_exports_is_one_line(tmp_path, capsys, name, says):
  (tmp_path / 'exports').mkdir()
  site = tmp_path / 'site'
  assert _main(f'--output_dir={site}', f'--hub_dir={tmp_path / name}') == 1
  error = capsys.readouterr().err
  assert says in error
  assert error.count('\n') == 1
  assert not site.exists()


def test_a_file_in_the_way_is_one_line(tmp_path, capsys):
  (tmp_path / 'site').write_text('mine')
  assert _main(f'--output_dir={tmp_path / "site"}') == 1
  assert 'did not write it' in capsys.readouterr().err
  assert (tmp_path / 'site').read_text() == 'mine'


def test_without_mkdocs_the_extra_is_named(tmp_path, capsys, monkeypatch):
  find_spec = util.find_spec

  def find(name):
    return None if name in ('mkdocs', 'material') else find_spec(name)

  monkeypatch.setattr(util, 'find_spec', find)
  assert _main(f'--output_dir={tmp_path / "site"}') == 1
  error = capsys.readouterr().err
  assert "pip install 'slimhub[site]'" in error
  assert 'mkdocs, mkdocs-material' in error
