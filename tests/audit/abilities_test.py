"""What is known of every operation of TensorFlow."""

import pytest
import tensorflow as tf

from exporter.artifacts import operations
from exporter.audit import abilities
from tests import each

_A = abilities.Ability
_NONE: frozenset[str] = frozenset()
_EFFECTS = {
  'WriteFile': _A.WRITES,
  'SaveV2': _A.WRITES,
  'MergeV2Checkpoints': _A.WRITES,
  'DebugIdentityV2': _A.WRITES,
  'SnapshotDatasetV2': _A.WRITES,
  'CacheDataset': _A.WRITES,
  'WriteRawProtoSummary': _A.WRITES,
  'ReadFile': _A.READS,
  'MatchingFiles': _A.READS,
  'RestoreV2': _A.READS,
  'TFRecordDatasetV2': _A.READS,
  'TextLineReaderV2': _A.READS,
  'InitializeTableFromTextFileV2': _A.READS,
  'DecodeProtoV2': _A.READS,
  'LoadAndRemapMatrix': _A.READS,
  'PyFunc': _A.PYTHON,
  'PyFuncStateless': _A.PYTHON,
  'EagerPyFunc': _A.PYTHON,
  'DataServiceDatasetV4': _A.CONNECTS,
  'RegisterDatasetV2': _A.CONNECTS,
  'RemoteCall': _A.CONNECTS,
  'CollectiveReduceV2': _A.CONNECTS,
  'PrintV2': _A.PRINTS,
  'Abort': _A.ENDS,
  'XlaCallModule': _A.NATIVE,
  'NobodyKnowsIt': _A.UNKNOWN,
}
# Words in the names of operations that do more than compute. Operations that
# have such a word in their names, but only compute, are listed as harmless.
_WORDS = ('File', 'Write', 'PyFunc', 'Save', 'Restore', 'Send', 'Recv', 'Rpc')
_HARMLESS = ('ShardedFilename', 'ShardedFilespec', 'TensorArrayWrite')


@pytest.mark.parametrize(('operation', 'ability'), _EFFECTS.items())
def test_what_has_effects_is_known_for_them(operation, ability):
  assert abilities.of_tensorflow(operation, _NONE) == ability


@each.over('operation', sorted(operations.TRAINING | operations.FROZEN))
def test_what_exports_do_is_allowed(operation):
  assert abilities.of_tensorflow(operation, _NONE) in abilities.ALLOWED


_SOUNDING = [
  name
  for name in vars(tf.raw_ops)
  if any(word in name for word in _WORDS) and not name.startswith(_HARMLESS)
]


@each.over('operation', _SOUNDING)
def test_nothing_that_sounds_of_an_effect_is_allowed(operation):
  assert len(_SOUNDING) > 30
  assert abilities.of_tensorflow(operation, _NONE) not in abilities.ALLOWED


def test_a_function_may_have_any_name():
  called = frozenset(('call_me',))
  assert abilities.of_tensorflow('call_me', called) == _A.COMPUTES
  # As TensorFlow does, a function does not hide an operation.
  hidden = frozenset(('WriteFile',))
  assert abilities.of_tensorflow('WriteFile', hidden) == _A.WRITES


def test_litert_and_onnx():
  assert abilities.of_litert('CONV_2D', is_custom=False) == _A.COMPUTES
  assert abilities.of_litert('VAR_HANDLE', is_custom=False) == _A.KEEPS_STATE
  assert abilities.of_litert('FlexWriteFile', is_custom=True) == _A.NATIVE
  assert abilities.of_onnx('') == _A.COMPUTES
  assert abilities.of_onnx('com.example') == _A.NATIVE
