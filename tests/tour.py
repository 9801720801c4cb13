"""The notebook of the guides, run as its reader would.

`python -m tests.tour` runs it and keeps what it shows.
"""

import os
import pathlib
import tempfile
from unittest import mock

import nbclient
import nbformat

from tests import source_tree

PATH = source_tree.ROOT / 'docs' / 'tour.ipynb'
_SECONDS = 600  # For one cell, however busy the machine is.


def read() -> nbformat.NotebookNode:
  """The notebook as it is committed."""
  return nbformat.read(PATH, nbformat.NO_CONVERT)


def run(folder: pathlib.Path) -> nbformat.NotebookNode:
  """Runs it in a folder; gives it with what it shows now."""
  notebook = read()
  client = nbclient.NotebookClient(
    notebook,
    timeout=_SECONDS,
    iopub_timeout=_SECONDS,
    startup_timeout=_SECONDS,
    kernel_name='python3',
    record_timing=False,
    resources={'metadata': {'path': str(folder)}},
  )
  with mock.patch.dict(os.environ, PYTHONPATH=str(source_tree.ROOT)):
    client.execute()
  return notebook


def tidy(notebook: nbformat.NotebookNode) -> None:
  """Leaves out what is of one machine: its Python, TensorFlow's remarks."""
  notebook.metadata.language_info = {'name': 'python'}
  for cell in notebook.cells:
    if cell.cell_type == 'code':
      cell.outputs = [o for o in cell.outputs if o.get('name') != 'stderr']


if __name__ == '__main__':
  with tempfile.TemporaryDirectory() as place:
    done = run(pathlib.Path(place))
  tidy(done)
  nbformat.write(done, PATH)
