"""What cannot be audited is said in one line."""

import pytest

from exporter import audit
from exporter import errors


@pytest.mark.parametrize(
  ('name', 'data', 'words'),
  [
    ('saved_model.pb', b'\xff' * 99, 'is damaged'),
    ('graph.pb', b'', 'has no nodes'),
    ('graph.pb', b'\xff' * 99, 'is damaged'),
    ('model.tflite', b'', 'lacks TFL3'),
    ('model.tflite', b'\xff\xff\xff\xffTFL3' + b'\xff' * 99, 'is damaged'),
    ('model.onnx', b'', 'has no nodes'),
    ('model.onnx', b'\xff' * 99, 'is damaged'),
    ('model.keras', b'', 'expected the folder of a SavedModel'),
  ],
)
def test_garbage(tmp_path, name, data, words):
  path = tmp_path / name
  path.write_bytes(data)
  with pytest.raises(errors.AuditError, match=words) as caught:
    audit.audit(path)
  assert '\n' not in str(caught.value)
  assert str(path.parent) in str(caught.value)


def test_nothing_there(tmp_path):
  for path in (tmp_path, tmp_path / 'model.onnx', tmp_path / 'saved_model.pb'):
    with pytest.raises(errors.AuditError, match='cannot be audited'):
      audit.audit(path)
