"""One class and one line make a format: it is everywhere the others are."""

from collections.abc import Iterator
import json
import pathlib
import re
import shutil

import numpy as np
import pytest

from exporter import formats
from exporter import hub
from exporter import pipeline
from exporter import results as results_lib
from exporter import site as site_lib
from exporter import storage
from exporter.cli import entry
from exporter.pipeline import export
from exporter.pipeline import verify
from exporter.site import tree
import model_specs
from model_specs import formats as words
from model_specs import kinds
from tests import hub_server
from tests import some_exports
from tests import some_manifest
from tests.formats import toy

_TF2 = 'google/imagenet/mobilenet_v1_025_128/classification/5'
_TOY = f'{_TF2}.toy2/model.json'


@pytest.fixture(autouse=True, scope='module', name='toy')
def _toy() -> Iterator[None]:
  with formats.added(toy.TOY):  # The one line.
    yield


def _handles() -> tuple[model_specs.Handle, ...]:
  handles = model_specs.find('mobilenet_v1_025_128/classification')
  return tuple(words.select(handles, words.parse('tf2,toy2')))


def _order(
  folder: pathlib.Path, action: pipeline.Action = pipeline.EXPORT
) -> pipeline.Order:
  return pipeline.Order(action, _handles(), folder, weights='synthetic')


@pytest.fixture(scope='module', name='exports')
def _exports(toy, tmp_path_factory) -> pathlib.Path:
  del toy
  folder = tmp_path_factory.mktemp('toy') / 'exports'
  # A process of its own learns what was added here.
  engine = pipeline.Processes(1)
  done = list(pipeline.run_orders((_order(folder),), engine=engine))
  assert [(r.name, r.status) for r in done] == [
    (_TF2, results_lib.EXPORTED),
    (_TOY, results_lib.EXPORTED),
  ]
  return folder


def _place(exports: pathlib.Path) -> storage.Place:
  return storage.place(exports, _handles()[1])


def test_it_is_written_beside_its_manifest_and_its_card(exports):
  place = _place(exports)
  names = {path.name for path in place.artifact.parent.iterdir()}
  beside = ('.json', '.md', '.intoto.jsonl', '.cdx.json')
  assert names == {'model.json', *(f'model.json{suffix}' for suffix in beside)}
  assert len(json.loads(place.artifact.read_text())) == 1001
  manifest = some_manifest.read(place.manifest)
  assert (manifest.handle, manifest.format) == (_TOY, 'toy2.model')
  assert not storage.differences(manifest, place.artifact)


def test_it_is_kept_when_it_is_asked_for_again(exports):
  done = export.run(_order(exports))
  assert {result.status for result in done} == {results_lib.KEPT}


def test_it_is_proven_with_the_weights_of_the_saved_model(exports):
  done = verify.run(_order(exports, pipeline.VERIFY))
  assert {result.status for result in done} == {results_lib.VERIFIED}


def test_another_bias_is_no_proof_whatever_the_manifest_says(exports, tmp_path):
  copy = pathlib.Path(shutil.copytree(exports, tmp_path / 'copy'))
  place = _place(copy)
  bias = json.loads(place.artifact.read_text())
  place.artifact.write_text(json.dumps([bias[0] + 1, *bias[1:]]))
  some_exports.rehash(copy, _handles()[1])
  result = list(verify.run(_order(copy, pipeline.VERIFY)))[-1]
  assert result.status == results_lib.FAILED
  assert 'is off by' in result.reason


def test_its_card_says_how_it_is_used_and_the_models_card_that_it_is_there(
  exports, monkeypatch
):
  text = _place(exports).card.read_text()
  assert text.startswith(f'# File {_TOY}\nToy, the bias of the logits: ')
  assert toy.SENTENCE in text
  assert 'Every number must be the same.' in text
  (code,) = re.findall(r'```python\n(.*?)```', text, re.DOTALL)
  monkeypatch.chdir(exports.parent)
  names: dict = {}
  exec(code, names)
  assert len(names['bias']) == 1001
  origin = storage.place(exports, _handles()[0]).card.read_text()
  assert '| `5.toy2/model.json` | Toy, the bias of the logits |' in origin
  assert '--formats=litert,onnx,tfjs,toy2' in ' '.join(origin.split())


@pytest.mark.parametrize('given', [None, ('toy2',), ('toy2.model',)])
def test_it_is_found_and_listed(exports, given):
  handles = storage.find_artifacts(exports, given=given).usable
  assert _TOY in map(str, handles)
  assert (len(handles) == 1) == (given is not None)
  assert _TOY in [str(item.handle) for item in storage.items(exports).usable]


def test_the_command_line_knows_it(capsys):
  assert entry.main(entry.parse(['slimhub', 'info', _TF2])) == 0
  assert 'tfjs.uint8, toy2.model\n' in capsys.readouterr().out


def test_it_runs_as_its_users_run_it(exports):
  handle = _handles()[1]
  run = formats.load(handle, _place(exports).artifact)
  assert run(np.zeros([2, 128, 128, 3])).shape == (2, 1001)


def test_it_is_packed(exports, tmp_path):
  packed = tmp_path / 'packed'
  done = list(hub.pack_exports(storage.items(exports), packed))
  assert {result.status for result in done} == {results_lib.PACKED}
  place = _place(exports)
  base = packed / _TOY
  assert base.read_bytes() == place.artifact.read_bytes()
  described = base.with_name('model.json.json').read_bytes()
  assert described == place.manifest.read_bytes()
  assert 'Toy, the bias' in (packed / f'{_TF2}.html').read_text('utf-8')


def test_it_is_served(exports):
  place = _place(exports)
  with hub_server.serve(exports, module='tests.formats.toy') as server:
    for path, media_type, expected in (
      (_TOY, 'application/json', place.artifact),
      (f'{_TOY}.json', 'application/json', place.manifest),
      (f'{_TOY}.md', 'text/markdown; charset=utf-8', place.card),
    ):
      status, headers, body = server.ask(f'/{path}')
      assert (status, headers['content-type']) == (200, media_type)
      assert body == expected.read_bytes()
    listed = json.loads(server.ask('/index.json')[2])['exports']
    assert {'toy2.model', 'saved_model_2'} == {e['format'] for e in listed}
    page = server.ask(f'/{_TF2}', accept='text/html')[2].decode()
  assert 'href="5.toy2/model.json">Toy, the bias of the logits</a>' in page


def _few(pages: dict[str, str]) -> dict[str, str]:
  """The pages that tell of a format whole, and of all others the headings."""
  told = ('index.md', f'{_TF2}.md', f'{_TOY}.md')
  headings = re.compile(r'^#.*$|\{ *#.*\}|<a id=.*$', re.MULTILINE)
  return {
    name: text if name in told else '\n\n'.join(headings.findall(text))
    for name, text in pages.items()
  }


def test_it_is_shown_on_the_site(exports, tmp_path, monkeypatch):
  site, pages = tmp_path / 'site', tree.pages
  monkeypatch.setattr(tree, 'pages', lambda shown: _few(pages(shown)))
  site_lib.write_site(site, exports)
  place = _place(exports)
  assert (site / _TOY).read_bytes() == place.artifact.read_bytes()
  manifest = (site / f'{_TOY}.json').read_bytes()
  assert manifest == place.manifest.read_bytes()
  page = (site / f'{_TOY}.html').read_text('utf-8')
  assert toy.SENTENCE in page
  assert "is the checkpoint's, bit by bit" in page.replace('&#39;', "'")
  assert 'href="5.toy2/model.json' in (site / f'{_TF2}.html').read_text('utf-8')
  assert '<option value="toy2">Toy</option>' in (site / 'index.html').read_text(
    'utf-8'
  )


def test_its_name_is_its_own():
  with (
    pytest.raises(model_specs.SpecError, match='would both write'),
    formats.added(toy.TOY),
  ):
    pytest.fail('it has two formats of one name')
  assert toy.TOY.kind in kinds.known()
