"""What a card says of the artifact itself: weights, figures, proof, files."""

import dataclasses

import pytest

from exporter.cards import evidence
from exporter.storage import manifest
import model_specs
from model_specs import figures as figures_lib
from tests import some_manifest

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v2_035_96/classification/5'
)


def _flat(text: str) -> str:
  return ' '.join(text.split())


@pytest.mark.parametrize(
  ('kind', 'words'),
  [
    ('ema', 'exponential moving averages'),
    ('raw', 'raw values'),
    ('synthetic', 'UNTRAINED'),
  ],
)
def test_weights(kind, words):
  export_manifest = some_manifest.make(_HANDLE, kind)
  assert words in evidence.weights(export_manifest)
  assert evidence.is_untrained(export_manifest) == (kind == 'synthetic')
  assert bool(evidence.warning(export_manifest)) == (kind == 'synthetic')


def test_without_an_artifact_nothing_is_claimed_of_its_weights():
  assert 'an export uses those' in evidence.weights(None)
  assert evidence.warning(None) == ()


def test_proof_is_a_table():
  export_manifest = some_manifest.make(_HANDLE)
  lines = (
    evidence.verification(_HANDLE, export_manifest).to_markdown().splitlines()
  )
  assert '| inference outputs | 72 | 1.9e-06 | 1e-05 |' in lines
  assert '| variables | 262 | 0.0 | 0.0 |' in lines


def test_the_published_graph_is_explained_where_it_was_asked():
  export_manifest = some_manifest.make(_HANDLE)
  words = 'the frozen graph that the authors published beside the checkpoint'
  assert words not in _flat(
    evidence.verification(_HANDLE, export_manifest).to_markdown()
  )
  check = manifest.Check('published graph', 5, 1e-06, 1e-04)
  manifest_with_graph = dataclasses.replace(
    export_manifest, proof=(*export_manifest.proof, check)
  )
  text = evidence.verification(_HANDLE, manifest_with_graph).to_markdown()
  assert '| published graph | 5 | 1e-06 | 0.0001 |' in text.splitlines()
  assert words in _flat(text)


def test_test_vectors_are_explained_where_they_are():
  export_manifest = some_manifest.make(_HANDLE)
  section = evidence.verification(_HANDLE, export_manifest)
  assert 'test_vectors' not in section.to_markdown()
  files = {
    **export_manifest.files,
    'assets.extra/test_vectors.npz': export_manifest.files['saved_model.pb'],
  }
  export_manifest = dataclasses.replace(export_manifest, files=files)
  text = _flat(evidence.verification(_HANDLE, export_manifest).to_markdown())
  assert '`assets.extra/test_vectors.npz`' in text
  assert '`pictures`, whose bytes divided by 255' in text


def test_without_an_artifact_verification_says_how_to_get_it():
  text = _flat(evidence.verification(_HANDLE, None).to_markdown())
  assert '`slimhub export`' in text
  assert '`5.json`' in text
  assert '|' not in text


def test_checksums_list_files_checkpoint_and_libraries():
  export_manifest = some_manifest.make(_HANDLE)
  lines = (
    evidence.checksums(_HANDLE, export_manifest).to_markdown().splitlines()
  )
  assert f'| `saved_model.pb` | 1734015 | `{"cd" * 32}` |' in lines
  assert f'| `assets.extra/labels.txt` | 10484 | `{"ef" * 32}` |' in lines
  assert f'* Checkpoint: `{_HANDLE.spec.checkpoint}`' in lines
  assert any(line.endswith(f'`{"ab" * 32}`') for line in lines)
  assert '* Made with: slimhub 1.2, tensorflow 2.21.0' in lines


def test_without_an_artifact_checksums_say_what_an_export_records():
  text = _flat(evidence.checksums(_HANDLE, None).to_markdown())
  assert 'Size and SHA-256 of every file' in text
  assert '|' not in text


def test_figures_that_were_not_published_are_left_out():
  figures = figures_lib.Figures(top1_percent=50.0)
  model = dataclasses.replace(_HANDLE.spec, figures=figures)
  handle = dataclasses.replace(_HANDLE, spec=model)
  text = evidence.figures(handle, None).to_markdown()
  assert '| Top-1 accuracy | 50.0 % |' in text
  assert 'Top-5' not in text
  assert 'million' not in text


def test_a_model_without_figures_says_so():
  model = dataclasses.replace(_HANDLE.spec, figures=figures_lib.Figures())
  handle = dataclasses.replace(_HANDLE, spec=model)
  section = evidence.figures(handle, None)
  assert section.blocks == ('No figures were published.',)


@pytest.mark.parametrize(
  ('name', 'left_out'),
  [('mobilenet_v2_035_96', '1.28'), ('mobilenet_v1_025_128', '0.26')],
)
def test_feature_vectors_have_fewer_parameters(name, left_out):
  handle = model_specs.get(f'google/imagenet/{name}/feature_vector/5')
  text = _flat(evidence.figures(handle, None).to_markdown())
  assert f'last layer, {left_out} million of the parameters' in text
