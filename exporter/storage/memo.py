"""Facts that take long to find out, written down for the next time.

A memo is found by a hash of all that its facts follow from, such as the bytes
of the files that they were read from. If any of that changes, so does the hash,
and no memo is found. Memos lie in the user's cache and may be deleted.
"""

import contextlib
import dataclasses
import hashlib
import json
import pathlib
from typing import TypeVar

from exporter import errors
from exporter.storage import disk
from exporter.storage import home
from exporter.storage import record
from model_specs import outside

_T = TypeVar('_T')
_MOST = 2**16  # Bytes.


def _path(kind: type, causes: tuple[object, ...]) -> pathlib.Path:
  key = hashlib.sha256(repr((kind.__qualname__, *causes)).encode()).hexdigest()
  return home.default_memo_dir() / f'{key}.json'


def read_memo(kind: type[_T], causes: tuple[object, ...]) -> _T | None:
  """The facts that follow from their causes, if they were written down.

  Args:
    kind: A dataclass, as `parse_record` makes it.
    causes: All that the facts follow from, in texts, numbers and tuples.
  """
  with contextlib.suppress(OSError, ValueError, errors.ExportError):
    return record.parse_record(
      kind, outside.read_file(_path(kind, causes), _MOST)
    )
  return None


def write_memo(causes: tuple[object, ...], facts: object) -> None:
  """Writes facts down, where there is a place for them.

  Args:
    causes: All that the facts follow from, as `read_memo` is given them.
    facts: A dataclass.
  """
  assert dataclasses.is_dataclass(facts)
  assert not isinstance(facts, type)
  text = json.dumps(dataclasses.asdict(facts))
  # Without a memo the same takes longer the next time, and nothing else.
  with contextlib.suppress(OSError, errors.ExportError):
    disk.write_whole(_path(type(facts), causes), text.encode())
