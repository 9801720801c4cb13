"""The places that take uploads, by the words of --layout."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import re

from exporter import errors
from exporter import storage
from exporter.publishing import huggingface
from exporter.publishing import kaggle
from exporter.publishing import oci
from exporter.publishing import onnx_zoo
from exporter.publishing import upload as upload_lib

_NAME = re.compile(r'[A-Za-z0-9]+([-_][A-Za-z0-9]+)*')
_NAME_IN_WORDS = 'letters and digits, with a single - or _ between: acme-ml'
# What stands before the name of an image: a registry, with or without a
# namespace.
_REGISTRY = re.compile(
  r'[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-][a-z0-9]+)*)*'
)

_REGISTRY_IN_WORDS = (
  'the name of a registry in small letters, with or without a namespace: '
  'ghcr.io/acme'
)


@dataclasses.dataclass(frozen=True)
class _Layout:
  """A place that takes uploads, such as Hugging Face."""

  make: Callable[[Iterable[storage.Item], str], Iterable[upload_lib.Upload]]
  account: re.Pattern[str]  # What --account may be.
  expected: str  # The same in words, with an example.


_LAYOUTS: Mapping[str, _Layout] = {
  'huggingface': _Layout(huggingface.repositories, _NAME, _NAME_IN_WORDS),
  'kaggle': _Layout(kaggle.variations, _NAME, _NAME_IN_WORDS),
  'oci': _Layout(oci.image_layouts, _REGISTRY, _REGISTRY_IN_WORDS),
  'onnx_zoo': _Layout(onnx_zoo.models, _NAME, _NAME_IN_WORDS),
}


def uploads(
  items: Iterable[storage.Item], layout: str, account: str = ''
) -> tuple[upload_lib.Upload, ...]:
  """What the exports become, each to be uploaded by one command.

  Args:
    items: The exports.
    layout: A word of upload.LAYOUTS.
    account: The account there that uploads them; the publisher of each export
      if it is empty.

  Raises:
    OrderError: The layout is no such word.
    PublishError: No account there can have such a name, or none of the exports
      is of a format that goes there.
  """
  errors.check_word('layout', layout, upload_lib.LAYOUTS)
  there = _LAYOUTS[layout]
  if account and not there.account.fullmatch(account):
    raise errors.PublishError(
      f'--account={account} is none of --layout={layout}, expected '
      f'{there.expected}'
    )
  return tuple(there.make(items, account))
