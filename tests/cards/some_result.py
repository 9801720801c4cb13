"""A client's result as the table holds it, for tests of what reads results."""

import dataclasses
from typing import Any

from exporter.cards import client_results

_RESULT = client_results.Result(
  environment='today',
  client='hub.KerasLayer',
  python='3.11',
  tensorflow='2.21.0',
  tensorflow_hub='0.16.1',
  keras='2.21.0',
  format='saved_model_2',
  versions=(5,),
  use='infer',
  result='ok',
)


def make(**changes: Any) -> client_results.Result:
  """The result of a client that works, but for the fields that are given."""
  return dataclasses.replace(_RESULT, **changes)
