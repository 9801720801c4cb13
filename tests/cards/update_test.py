"""A card shows all that was measured, in whatever order it was measured."""

import dataclasses
import pathlib

import pytest

from exporter import errors
from exporter import formats as formats_lib
from exporter.cards import update
from exporter.measure import accuracy as accuracy_lib
from exporter.measure import measurements
from exporter.storage import manifest
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import some_accuracy
from tests import some_manifest
from tests import some_speed
from tests import tiny_network

_TF2 = tiny_network.MODEL.handles((5,))[0]
_LITERT = formats.convert(_TF2, kinds.converted()[0])
_ACCURACY = some_accuracy.make()


@dataclasses.dataclass(frozen=True)
class _Export:
  """An export that nobody made, to be measured."""

  handle: model_specs.Handle
  folder: pathlib.Path

  @property
  def place(self) -> places.Place[pathlib.Path]:
    return places.place(self.folder, self.handle)

  @property
  def card(self) -> str:
    return self.place.card.read_text('utf-8')

  @property
  def made(self) -> manifest.Manifest:
    return some_manifest.read(self.place.manifest)

  def describe(self, hashed: str = 'cd' * 32) -> None:
    """Writes the manifest, as an export of a file with this hash does."""
    self.place.manifest.parent.mkdir(parents=True, exist_ok=True)
    export_manifest = some_manifest.make(self.handle, hashed=hashed)
    self.place.manifest.write_text(export_manifest.to_json())

  def evaluate(self, accuracy: accuracy_lib.Accuracy = _ACCURACY) -> None:
    of_this = dataclasses.replace(accuracy, artifact=self.made.digest)
    update.write_accuracy(
      self.handle, self.folder, of_this, formats_lib.describe
    )

  def benchmark(self) -> None:
    speeds = [
      dataclasses.replace(
        speed,
        network=self.handle.folder,
        artifact=self.made.digest,
        name=speed.name.replace(f'{some_speed.NETWORK}/5', str(self.handle)),
      )
      for speed in some_speed.make()
    ]
    update.write_speed(
      self.handle,
      self.folder,
      some_speed.MACHINE,
      speeds,
      formats_lib.describe,
    )


@pytest.fixture(name='export', params=[_TF2, _LITERT], ids=str)
def _export(request, tmp_path) -> _Export:
  export = _Export(request.param, tmp_path)
  export.describe()
  return export


def _headings(text: str) -> list[str]:
  return [line[3:] for line in text.splitlines() if line.startswith('## ')]


def test_both_stand_on_the_card_however_they_came(export):
  export.evaluate()
  export.benchmark()
  first = export.card
  export.evaluate()
  assert export.card == first
  headings = _headings(first)
  at = headings.index('Speed')
  assert headings[at - 1 : at + 2] == [
    'Provenance',
    'Speed',
    'Measured accuracy',
  ]
  assert '| 1 | 10.00 | 1000.00 | 100 | 300 |' in first
  assert '| 10 | 50.00 % |' in first


def test_new_figures_replace_their_own_kind_alone(export):
  export.benchmark()
  export.evaluate()
  export.evaluate(dataclasses.replace(_ACCURACY, top1=7))
  assert '| 10 | 70.00 % |' in export.card
  assert '50.00 %' not in export.card
  assert '| 1 | 10.00 |' in export.card


def test_the_card_is_made_of_figures_and_not_of_the_card_before(export):
  export.evaluate()
  export.place.card.write_text('## Speed\n\nIncredible.\n')
  export.benchmark()
  assert 'Incredible' not in export.card
  assert '| 10 | 50.00 % |' in export.card
  export.place.card.unlink()
  export.evaluate()
  figures = measurements.read_measurements(
    export.folder, export.handle, export.made
  )
  card = formats_lib.describe(export.handle, export.made, figures)
  assert export.card == card.to_markdown()


def test_figures_of_another_artifact_do_not_stand_on_the_card(export):
  export.evaluate()
  export.describe(hashed='12' * 32)  # As if an export replaced its files.
  export.benchmark()
  assert 'Measured accuracy' not in export.card
  assert '| 1 | 10.00 |' in export.card


def test_what_was_measured_before_is_not_lost_if_it_cannot_be_read(export):
  export.evaluate()
  card = export.card
  export.place.measured.write_text('{')
  with pytest.raises(errors.ManifestError, match=r'measured\.json does not'):
    export.benchmark()
  assert export.place.measured.read_text() == '{'
  assert export.card == card


def test_an_export_of_another_name_keeps_no_other_from_its_card(tmp_path):
  good, renamed = _Export(_LITERT, tmp_path), _Export(_TF2, tmp_path)
  good.describe()
  renamed.describe()
  text = renamed.place.manifest.read_text()
  renamed.place.manifest.write_text(text.replace('/5"', '/4"', 1))
  exports = {each.handle: each for each in (renamed, good)}
  with pytest.raises(errors.ExportError) as raised:
    update.write_each(exports, lambda handle: exports[handle].benchmark())
  assert '1 cards are not written' in str(raised.value)
  assert f'{_TF2}: {renamed.place.manifest} is the manifest of ' in str(
    raised.value
  )
  assert '| 1 | 10.00 |' in good.card


def test_figures_of_files_that_were_replaced_meanwhile_are_refused(export):
  gone = dataclasses.replace(_ACCURACY, artifact=export.made.digest)
  export.describe('ef' * 32)
  with pytest.raises(errors.ManifestError, match='again while it was measured'):
    update.write_accuracy(
      export.handle, export.folder, gone, formats_lib.describe
    )
  assert not export.place.measured.exists()
