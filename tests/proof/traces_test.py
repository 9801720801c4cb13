"""What the traces of a SavedModel are read as."""

import pytest

from exporter.proof import session
from exporter.proof import traces
from tests import artifacts_made as artifacts

TINY = artifacts.TINY
_NAME = f'{TINY}/classification/5'


def _read(folder=None):
  (meta,) = session.read(folder or artifacts.folder(_NAME)).meta_graphs
  return traces.Traces(meta)


def test_all_flags_of_a_call_lead_to_two_bodies():
  by_flags = {trace.flags: trace for trace in _read().of('__call__')}
  assert set(by_flags) == {(t, e) for t in (False, True) for e in (False, True)}
  assert len({trace.body for trace in by_flags.values()}) == 2
  assert by_flags[False, False].keys == ('',)
  assert len(by_flags[False, True].keys) > 2
  for trace in by_flags.values():
    assert sorted(trace.variables) == sorted(artifacts.tensors(_NAME))
    assert len(trace.outputs) == len(trace.keys)


def test_train_hands_the_default_momentum_on():
  (trace,) = _read().of('train')
  assert 'inputs' in trace.inputs
  (momentum,) = (i for i in trace.inputs if isinstance(i, float))
  assert momentum == pytest.approx(0.99)


def test_the_graph_for_serving_calls_what_the_signature_does():
  read = _read()
  (trace,) = read.of('signatures', 'serving_default')
  served = read.served['serving_default']
  assert trace.keys == served.keys == ('logits',)
  assert (trace.body, trace.inputs, trace.outputs) == (
    served.body,
    served.inputs,
    served.outputs,
  )


def _edit(tmp_path, change):
  folder = artifacts.copy(_NAME, tmp_path)
  with artifacts.edit(folder) as model:
    (meta,) = model.meta_graphs
    functions = meta.graph_def.library.function
    (train,) = (f for f in functions if '_train_' in f.signature.name)
    change(train)
  return _read(folder)


def test_what_is_no_argument_is_refused(tmp_path):
  def change(function):
    function.node_def[-1].input[0] = 'call:output:0'

  with pytest.raises(ValueError, match='which is no argument'):
    list(_edit(tmp_path, change).of('train'))


def test_what_returns_no_output_of_its_body_is_refused(tmp_path):
  def change(function):
    function.ret['output_0'] = 'batch_norm_momentum:output:0'

  with pytest.raises(ValueError, match='returns something else'):
    list(_edit(tmp_path, change).of('train'))


def test_updates_must_be_run(tmp_path):
  def change(function):
    function.control_ret.clear()

  with pytest.raises(ValueError, match='need not update anything'):
    list(_edit(tmp_path, change).of('train'))


def test_a_missing_attribute_is_named():
  with pytest.raises(ValueError, match='no attribute trains'):
    list(_read().of('trains'))
