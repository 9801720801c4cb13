"""`python -m tests.tfjs_runtime` takes TensorFlow.js's files from npm anew.

For a newer release, write its number into the table before.
"""

import dataclasses
import hashlib
import shutil

from exporter.artifacts import tfjs_runtime
from tests.consumers import npm


def _fetched(each: tfjs_runtime.Shipped) -> tfjs_runtime.Shipped:
  file = npm.package(each.package, each.version) / each.path
  shutil.copyfile(file, each.file)
  sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
  return dataclasses.replace(each, sha256=sha256)


def write() -> None:
  """Writes the files and their table."""
  rows = [*map(_fetched, tfjs_runtime.runtime_files())]
  header = [field.name for field in dataclasses.fields(tfjs_runtime.Shipped)]
  lines = [header, *map(dataclasses.astuple, rows)]
  text = ''.join('\t'.join(line) + '\n' for line in lines)
  tfjs_runtime.TABLE.write_text(text, encoding='utf-8', newline='\n')


if __name__ == '__main__':
  write()
