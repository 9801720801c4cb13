"""Every runtime on the files that it reads: as committed, or a skip."""

import numpy as np
import pytest

from exporter.cards import runtimes as results
from model_specs import kinds
from tests import conversions_made
from tests.runtimes import given as given_lib
from tests.runtimes import runtimes

_RIGHT = {results.OK, results.NEAR}


@pytest.mark.parametrize('runtime', runtimes.RUNTIMES, ids=str)
def test_a_runtime_does_what_is_committed(runtime):
  committed = [
    trial
    for trial in results.TABLE.committed
    if (trial.runtime, trial.place) == (runtime.name, runtime.place)
  ]
  trials = runtimes.trials(runtime)
  for old, new in zip(committed, trials, strict=True):
    fresh = (new.package, new.version, new.word)
    assert (old.package, old.version, old.word) == fresh, 'run `make runtimes`'
    allowed = {old.result}
    if old.result in _RIGHT and not kinds.get(old.word).is_exact:
      allowed = _RIGHT  # Processors round differently.
    assert new.result in allowed, f'{new.word}: run `make runtimes`'


def test_what_is_committed_has_a_runtime():
  runnable = {(runtime.name, runtime.place) for runtime in runtimes.RUNTIMES}
  committed = {
    (trial.runtime, trial.place) for trial in results.TABLE.committed
  }
  assert committed == runnable


@pytest.mark.parametrize('word', ['litert.float32', 'litert.float16'])
def test_other_numbers_are_no_result(word):
  given = given_lib.Given(given_lib.NAMES[1], word)
  run = conversions_made.run(given.name, given.word)
  answers = run(given.pictures / np.float32(255)).tolist()
  assert given.judge(answers, is_raw=False) == results.OK
  wrong = answers[::-1]  # Those of the other picture.
  with pytest.raises(given_lib.WrongNumbersError, match=word):
    given.judge(wrong, is_raw=False)


def test_a_refusal_is_told_in_its_own_words():
  given = given_lib.Given(given_lib.NAMES[0], 'litert.int8')
  result = given.judge('Error: no such\n  operation', is_raw=False)
  assert result == 'refused: no such operation'
