"""What a command passes over is a failure with a reason."""

import errno

import pytest

from exporter import errors
from exporter import results
from exporter.storage import left_out


@pytest.mark.parametrize(
  ('error', 'says', 'raised'),
  [
    (errors.ManifestError('odd'), 'odd', errors.ManifestError),
    (
      PermissionError(errno.EACCES, 'Permission denied', 'a/5.json'),
      'a/5 cannot be read: ',
      errors.MachineError,
    ),
    (
      OSError('odd'),
      'a/5 cannot be used: odd; export it',
      errors.ManifestError,
    ),
  ],
)
def test_an_export_that_cannot_be_used_is_told_with_its_reason(
  error, says, raised
):
  failed = left_out.leave_out('a/5', error)
  assert (failed.name, failed.status) == ('a/5', results.FAILED)
  assert failed.reason.startswith(says)
  with pytest.raises(raised):
    failed.raise_if_failed()


@pytest.mark.parametrize(
  ('name', 'count', 'says'),
  [
    ('none', 0, 'none does not exist; name the --output_dir'),
    ('file', 0, 'file is a file; name the --output_dir'),
    ('', 0, 'found 0 exports there; expected PUBLISHER/DATASET/NAME/TASK/VERS'),
    ('', 7, 'no export of that; found 7 exports there; name one of those, or'),
  ],
)
def test_a_folder_without_what_was_asked_for_says_what_is_there(
  tmp_path, name, count, says
):
  (tmp_path / 'file').touch()
  assert says in str(left_out.nothing(tmp_path / name, ' of that', count))


def test_a_request_without_an_answer_is_one_too():
  failed = left_out.leave_out_request('b', ' of --formats=onnx')
  assert failed.reason.startswith(
    'no export of --formats=onnx in the folder matc'
  )
  with pytest.raises(errors.ManifestError):
    failed.raise_if_failed()
