"""The card of a converted file: true to its manifest, and its code runs."""

import dataclasses
import re

import pytest

from exporter import environment
from exporter import formats as formats_lib
from exporter.cards import card
from exporter.storage import contents
from exporter.storage import manifest
import model_specs
from model_specs import kinds
from tests import artifacts_made as artifacts
from tests import conversions_made

_V1 = conversions_made.V1
# The code for pages runs in tests/formats/tfjs_test.py.
_IN_PYTHON = [
  word for word in conversions_made.WORDS if not word.startswith(kinds.TFJS)
]


def _manifest(name: str, word: str) -> manifest.Manifest:
  conversion = conversions_made.conversion(name, word)
  file = conversions_made.file(name, word)
  return manifest.Manifest(
    handle=str(conversion),
    format=conversion.format,
    spec=conversion.fingerprint,
    weights=manifest.Weights('x.ckpt', 'ab' * 32, 'synthetic'),
    files=contents.hash_files(file),
    proof=formats_lib.of(conversion).prove(
      conversion, file, conversions_made.original(name)
    ),
    libraries=environment.libraries('numpy'),
    pictures='cd' * 32 if conversion.kind.needs_pictures else '',
  )


def _text(
  conversion: model_specs.Handle, export_manifest: manifest.Manifest
) -> str:
  """The card of a file as it is written."""
  return formats_lib.describe(conversion, export_manifest).to_markdown()


def _card_of(handle: model_specs.Handle) -> str:
  """The card of a model as it is written."""
  return card.model_card(handle).to_markdown()


@pytest.mark.parametrize('word', _IN_PYTHON)
def test_its_code_runs_on_the_file(word):
  conversion = conversions_made.conversion(_V1, word)
  text = _text(conversion, _manifest(_V1, word))
  (code,) = re.findall(r'```python\n(.*?)```', text, re.DOTALL)
  path = str(conversions_made.file(_V1, word))
  names: dict = {}
  exec(code.replace(f'exports/{conversion}', path), names)
  assert names['logits'].shape[1] == 1001
  assert names['logits'].dtype == 'float32'


@pytest.mark.parametrize('word', conversions_made.WORDS)
def test_it_states_what_was_measured_and_what_is_allowed(word):
  conversion = conversions_made.conversion(_V1, word)
  export_manifest = _manifest(_V1, word)
  text = _text(conversion, export_manifest)
  for check in export_manifest.proof:
    row = f'| {check.name} | {check.compared} | {check.difference!r} |'
    assert row in text
  for file in export_manifest.files.values():
    assert file.sha256 in text
  assert 'UNTRAINED' in text
  assert ('cd' * 32 in text) == conversion.kind.needs_pictures


@pytest.mark.parametrize('is_restless', [True, False])
def test_it_says_where_more_is_allowed_than_mostly(is_restless):
  conversion = conversions_made.conversion(_V1, 'onnx.model')
  export_manifest = _manifest(_V1, 'onnx.model')
  (check,) = export_manifest.proof
  allowed = 0.01 if is_restless else conversion.kind.error
  export_manifest = dataclasses.replace(
    export_manifest, proof=(dataclasses.replace(check, tolerance=allowed),)
  )
  text = _text(conversion, export_manifest)
  assert ('enlarges rounding' in text) == is_restless


def test_layouts_and_bytes_are_told_apart():
  words = ('onnx.model', 'onnx.model_nchw', 'litert.int8')
  cards = (
    _text(conversions_made.conversion(_V1, word), _manifest(_V1, word))
    for word in words
  )
  first, last, integers = (' '.join(text.split()) for text in cards)
  assert '[batch, 128, 128, 3]: float32' in first
  assert '[batch, 3, 128, 128]: float32' in last
  assert 'the bytes of the pictures' in integers


def test_a_tf2_card_offers_every_format_and_a_tf1_card_none():
  for name in (_V1, f'{artifacts.V1}/feature_vector/4'):
    text = _card_of(artifacts.handle(name))
    for kind in kinds.converted():
      assert f'.{kind.group}/{kind.name}{kind.suffix}`' in text
  old = _card_of(artifacts.handle(f'{artifacts.V1}/classification/3'))
  assert 'litert' not in old


def test_features_have_no_top_1_class():
  text = _card_of(artifacts.handle(f'{artifacts.V1}/feature_vector/5'))
  assert '| LiteRT, all in int8 | 0.3 |\n' in text
  text = _card_of(artifacts.handle(_V1))
  assert '| LiteRT, all in int8 | 0.3 | 25.0 % |' in text
