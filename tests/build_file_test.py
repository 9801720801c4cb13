"""BUILD files follow from the imports of a tree, whatever its layout."""

import pytest

from tests import build_data
from tests import build_file
from tests import build_tags
from tests import build_targets
from tests import source_tree

_TREE = {
  '.bazelignore': 'exports\n',
  'docs/guide.md': '',
  'exporter/__init__.py': '',
  'exporter/__main__.py': 'from exporter import cards\n',
  'exporter/cards/__init__.py': '',
  'exporter/cards/__init__.pyi': 'from .card import Card as Card\n',
  'exporter/cards/card.py': 'import model_specs\n\n_TABLE = "card.tsv"\n',
  'exporter/cards/card.tsv': '',
  'exporter/cards/tree.py': 'from exporter.cards import card\n',
  'model_specs/__init__.py': 'from model_specs import spec\n',
  'model_specs/labels.py': '',
  'model_specs/spec.py': '',
  'tests/__init__.py': '',
  'tests/browser.py': 'from playwright import sync_api\n',
  'tests/cards/__init__.py': '',
  'tests/cards/card_test.py': 'import pytest\nfrom exporter import cards\n',
  'tests/cards/page_test.py': 'from tests import browser\n',
  'tests/cards/tree_test.py': (
    'from exporter.cards import tree\nfrom model_specs import labels\n'
    'from model_specs import spec\n\n_GUIDE = "docs/guide.md"\n'
    '_RUN = ["-m", "exporter"]\n'
  ),
}


def _forget() -> None:
  for module in (source_tree, build_targets, build_data, build_tags):
    for value in vars(module).values():
      if hasattr(value, 'cache_clear'):
        value.cache_clear()


@pytest.fixture(name='tree')
def _tree(tmp_path, monkeypatch):
  for name, text in _TREE.items():
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
  monkeypatch.setattr(source_tree, 'ROOT', tmp_path)
  monkeypatch.setattr(source_tree, 'FILES', ())
  _forget()
  yield tmp_path
  _forget()


def _rule(tree, folder: str, name: str) -> str:
  """How the rule of this name goes on in a BUILD file."""
  text = build_file.render()[tree / folder / 'BUILD']
  _, separator, rest = text.partition(f'    name = "{name}",\n')
  assert separator, f'no rule {name} in {text}'
  return rest.partition('\n)\n')[0]


def test_a_file_for_each_folder_of_modules(tree):
  folders = {
    path.parent.relative_to(tree).as_posix()
    for path in build_file.render()
    if path.name == 'BUILD'
  }
  assert folders == {
    *('.', 'exporter', 'exporter/cards', 'model_specs', 'tests', 'tests/cards')
  }


def test_a_module_depends_on_modules_and_reads_files_of_its_folder(tree):
  assert _rule(tree, 'exporter/cards', 'card') == (
    '    srcs = ["card.py"],\n'
    '    data = ["card.tsv"],\n'
    '    deps = [\n        ":__init__",\n        "//model_specs",\n    ],'
  )
  assert '":card"' in _rule(tree, 'exporter/cards', 'tree')


def test_a_face_brings_what_its_stub_offers(tree):
  face = _rule(tree, 'exporter/cards', 'cards')
  assert face == (
    '    deps = [\n        ":__init__",\n        ":card",\n    ],'
  )
  init = _rule(tree, 'exporter/cards', '__init__')
  assert 'data = ["__init__.pyi"]' in init
  assert ':card' not in init
  assert '"//exporter/cards"' in _rule(tree, 'exporter', '__main__')
  assert '"//exporter/cards"' in _rule(tree, 'tests/cards', 'card_test')


def test_whoever_imports_a_module_takes_what_its_package_loads_at_once(tree):
  rule = _rule(tree, 'tests/cards', 'tree_test')
  assert '"//model_specs",' in rule
  assert '"//model_specs:labels",' in rule
  assert 'model_specs:spec' not in rule


def test_a_test_has_the_files_and_the_programs_that_it_names(tree):
  rule = _rule(tree, 'tests/cards', 'tree_test')
  assert 'data = ["//:docs_files"]' in rule
  assert '"//exporter:__main__",' in rule


def test_tags(tree):
  assert 'tags' not in _rule(tree, 'tests/cards', 'tree_test')
  assert 'tags = ["quick"]' in _rule(tree, 'tests/cards', 'card_test')
  page = _rule(tree, 'tests/cards', 'page_test')
  assert 'tags = [\n        "browser",\n        "manual",\n    ]' in page


def test_a_circle_is_an_error_that_names_it(tree):
  card = tree / 'exporter' / 'cards' / 'card.py'
  card.write_text('from exporter import cards\n')
  with pytest.raises(build_file.ImportCycleError) as raised:
    build_file.render()
  assert '//exporter/cards <- //exporter/cards' in str(raised.value)


def test_a_module_is_not_called_as_its_package(tree):
  cards = tree / 'exporter' / 'cards'
  (cards / 'card.py').rename(cards / 'cards.py')
  (cards / '__init__.pyi').write_text('from .cards import Card as Card')
  with pytest.raises(build_file.NameTakenError) as raised:
    build_file.render()
  assert '//exporter/cards is the target of' in str(raised.value)


def test_what_is_no_longer_wanted_is_present(tree):
  stale = tree / 'exporter' / 'commands' / 'BUILD'
  stale.parent.mkdir()
  stale.write_text('')
  assert stale in build_file.present()
  assert stale not in build_file.render()
