"""A session under the tag `serve`: what TensorFlow Serving runs.

Arguments: those of `client`.
"""

import contextlib
import pathlib

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from tests.consumers import case as case_lib
from tests.consumers import client

_v1 = tf.compat.v1


@contextlib.contextmanager
def _session():
  with tf.Graph().as_default(), _v1.Session() as session:
    yield session


def _load(session, path):
  """By TensorFlow's loader."""
  return _v1.saved_model.load(session, ['serve'], path)


def _restore(session, path):
  """By the model's own ops, which are all that a C++ server knows."""
  model = saved_model_pb2.SavedModel()
  model.ParseFromString(pathlib.Path(path, 'saved_model.pb').read_bytes())
  (meta,) = (m for m in model.meta_graphs if 'serve' in m.meta_info_def.tags)
  tf.import_graph_def(meta.graph_def, name='')
  saver = meta.saver_def
  prefix = str(pathlib.Path(path, 'variables', 'variables'))
  session.run(saver.restore_op_name, {saver.filename_tensor_name: prefix})
  return meta


def _answer(session, meta, images):
  signature = meta.signature_def['serving_default']
  (output,) = signature.outputs.values()
  feeds = {signature.inputs['inputs'].name: images}
  return {'default': session.run(output.name, feeds)}


def _infer(case, load):
  if not case.signatures:
    return None
  with _session() as session:
    meta = load(session, case.path)
    answer = _answer(session, meta, case['images'])
    return case_lib.close(answer, {'default': case['default']})


def infer(case):
  """The serving signature."""
  return _infer(case, _load)


def restore(case):
  """The serving signature, after the model restored itself."""
  return _infer(case, _restore)


def batch_sizes(case):
  """Batches of 1, 3 and 8 in one session."""
  if not case.signatures:
    return None
  with _session() as session:
    meta = _load(session, case.path)
    return max(
      case_lib.close(
        _answer(session, meta, case['images'][:count]),
        {'default': case['default'][:count]},
      )
      for count in (1, 3, 8)
    )


def any_size(case):
  """Other sizes than the default, also where height and width differ."""
  if not case.signatures or not case.variable_size:
    return None
  with _session() as session:
    meta = _load(session, case.path)
    return max(
      case_lib.close(_answer(session, meta, images), {'default': expected})
      for images, expected in case.sizes()
    )


def refused_size(case):
  """Another size, where there is only one."""
  if not case.signatures or case.variable_size:
    return None
  with _session() as session:
    meta = _load(session, case.path)
    return case_lib.refused(
      ('Cannot feed value of shape',), _answer, session, meta, case.wrong_images
    )


if __name__ == '__main__':
  client.main(
    {'tensorflow': tf.__version__},
    {
      'infer': infer,
      'restore': restore,
      'batch sizes': batch_sizes,
      'any size': any_size,
      'refused size': refused_size,
    },
  )
