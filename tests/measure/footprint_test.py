"""The memory of a process that runs an export and does nothing else."""

import pathlib
import sys

import numpy as np
import pytest

from exporter import formats
from exporter.checkpoints import synthetic
from exporter.measure import footprint
from exporter.measure import speed
from exporter.measure import timing
from exporter.storage import places
from tests import artifacts_made as artifacts
from tests import conversions_made
from tests import some_exports
from tests.measure import greedy

_WORDS = ('litert.float32', 'litert.int8', 'onnx.model', 'onnx.model_nchw')
_MOST_MB = 250  # Of a runtime alone; TensorFlow takes twice as much.


def _peaks(alone, batches=(1, 8)) -> dict[int, float]:
  handle = artifacts.handle(conversions_made.V1)
  return footprint.peaks_mb(handle, pathlib.Path('x'), alone, batches)


def test_what_a_batch_takes_is_seen():
  modest = _peaks(greedy.modest)[1]
  peaks = _peaks(greedy.greedy, (1, 2))
  assert 5 < modest < _MOST_MB
  assert peaks[1] - modest == pytest.approx(greedy.MORE_MB, abs=50)
  assert peaks[2] - peaks[1] == pytest.approx(greedy.MORE_MB, abs=50)


def test_nothing_of_this_process_counts():
  before = _peaks(greedy.modest)[1]
  held = np.ones([greedy.MORE_MB, 10**6], np.uint8)
  assert _peaks(greedy.modest)[1] - before < greedy.MORE_MB / 3
  del held


def test_a_process_that_ends_is_no_figure():
  with pytest.raises(ChildProcessError, match='ended with -9'):
    _peaks(greedy.killed)


def test_systems_that_do_not_tell_have_no_figure(monkeypatch):
  monkeypatch.setattr(sys, 'platform', 'darwin')
  assert _peaks(greedy.killed) == {}


@pytest.mark.parametrize('word', [*_WORDS, 'tfjs.float32'])
def test_a_runtime_alone_takes_no_more_than_it_needs(word):
  handle = conversions_made.conversion(conversions_made.V1, word)
  file = conversions_made.file(conversions_made.V1, word)
  peaks = footprint.peaks_mb(handle, file, formats.alone(handle), (1, 32))
  assert 10 < peaks[1] < peaks[32] < _MOST_MB


@pytest.mark.parametrize('word', _WORDS)
def test_a_runtime_alone_answers_the_same(word):
  handle = conversions_made.conversion(conversions_made.V1, word)
  file = conversions_made.file(conversions_made.V1, word)
  images = np.round(synthetic.synthetic_images(2, 128, 128))
  if word == 'litert.int8':  # It is given bytes there, and answers in bytes.
    alone = formats.alone(handle)(handle, file, 1)(images * 255)
    assert alone.dtype == np.uint8
    expected = formats.load(handle, file)(images)
    assert np.corrcoef(alone.ravel(), expected.ravel())[0, 1] > 0.999
  else:
    alone = formats.alone(handle)(handle, file, 1)(images)
    assert np.array_equal(alone, formats.load(handle, file)(images))


def test_a_benchmark_measures_it(tmp_path):
  name = conversions_made.TINY
  handle = conversions_made.conversion(name, 'litert.float32')
  place = places.place(tmp_path, handle)
  place.artifact.parent.mkdir(parents=True)
  conversions_made.write(name, 'litert.float32', place.artifact.parent)
  some_exports.describe(tmp_path, handle)
  running = timing.benchmark(
    [handle], tmp_path, formats.load, formats.alone, seconds=0.02
  )
  ((*speeds,),) = running
  assert [each.batch for each in speeds] == [*speed.BATCHES]
  assert all(10 < (each.memory_mb or 0) < _MOST_MB for each in speeds)
