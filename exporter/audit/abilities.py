"""What the operations of a program can do, beside computing.

Nobody can list all that is bad. So this lists what is known: an operation that
no line here knows, and that TensorFlow does not declare to be free of effects,
is `unknown`, which is not allowed either.
"""

import enum
import re

import tensorflow as tf
from tensorflow.python.framework import op_def_registry


class Ability(enum.StrEnum):
  """What an operation can do."""

  COMPUTES = 'computes'
  KEEPS_STATE = 'keeps state in memory'
  RESTORES = 'saves and restores its own variables'
  READS = 'reads files'
  WRITES = 'writes files'
  PYTHON = 'runs Python'
  CONNECTS = 'reaches other machines or devices'
  PRINTS = 'prints'
  ENDS = 'ends the program'
  NATIVE = 'runs native code that it brings, or that is compiled'
  UNKNOWN = 'unknown'


ALLOWED = frozenset((Ability.COMPUTES, Ability.KEEPS_STATE, Ability.RESTORES))
# Operations of TensorFlow, by whole names. The first line that fits counts.
_TENSORFLOW = (
  (Ability.PYTHON, r'(Eager)?PyFunc(Stateless)?'),
  (
    Ability.WRITES,
    r'WriteFile|Save(V2|Slices)?|MergeV2Checkpoints|DistributedSave'
    r'|SaveDataset.*|(Experimental)?DatasetToTFRecord|Snapshot.*|CacheDataset.*'
    r'|Write\w+Summary|WriteSummary|CreateSummary.*|FlushSummaryWriter'
    r'|CloseSummaryWriter|SummaryWriter|ImportEvent|Debug(Identity|N).*'
    r'|StatsAggregatorSetSummaryWriter',
  ),
  (
    Ability.READS,
    r'ReadFile|MatchingFiles.*|Restore(V2|Slice)?|\w*Reader(V2)?|Reader\w+'
    r'|(Experimental)?(TFRecord|TextLine|FixedLengthRecord|CSV|Sql|LMDB'
    r'|MatchingFiles)Dataset.*|LoadDataset|ListSnapshotChunksDataset'
    r'|InitializeTableFromTextFile.*|LoadAndRemapMatrix|RecordInput'
    r'|GenerateVocabRemapping|FixedUnigramCandidateSampler'
    r'|(En|De)codeProto.*|FileSystemSetConfiguration',
  ),
  (
    Ability.CONNECTS,
    r'DataService.*|RegisterDataset.*|_?(Host)?(Send|Recv)|Collective.*|Nccl.*'
    r'|AllToAll|CrossReplicaSum|RemoteCall|(Try)?Rpc|.*TPU.*|Infeed.*'
    r'|Outfeed.*|WorkerHeartbeat',
  ),
  (Ability.PRINTS, r'Print(V2)?'),
  (Ability.ENDS, r'Abort'),
  (Ability.NATIVE, r'Xla.*|_Xla.*|TRTEngineOp|.*Composite.*Kernel.*'),
  (
    Ability.KEEPS_STATE,
    r'Variable(V2|Shape)?|Var(HandleOp|IsInitializedOp)|TemporaryVariable'
    r'|Assign\w*VariableOp|ReadVariableOp|DestroyResourceOp|Resource\w+'
    r'|DisableCopyOnRead|Assign(Add|Sub)?|Scatter(Nd)?(Add|Sub|Update|Mul|Div)'
    r'|\w*HashTable\w*|LookupTable\w+|InitializeTable(V2|FromDataset)?'
    r'|Random\w+|Stateful(Uniform|StandardNormal|TruncatedNormal|Random)\w*'
    r'|(Parameterized)?TruncatedNormal|Multinomial|SampleDistorted\w+|Rng\w+'
    r'|NonDeterministicInts|\w*SeedGenerator|CudnnRNN\w*|Empty|DeepCopy'
    r'|Stack(Push|Pop|Close)?(V2)?|TensorArray\w*|(\w+Queue|Queue\w+)(V2)?'
    r'|\w*Iterator\w*|(Tensor|TensorSlice|SparseTensorSlice|Range|Generator'
    r'|Reduce|Shuffle|ShuffleAndRepeat)Dataset(V[0-9])?|(Ordered)?Map[A-Z]\w+'
    r'|(Un)?[Ss]tage\w*|Mutex\w+|ConsumeMutexLock|Barrier\w*|\w*Accumulator\w*'
    r'|If|While|Case|StatefulPartitionedCall|Assert|CheckNumerics(V2)?'
    r'|Timestamp|GuaranteeConst|\w+CandidateSampler',
  ),
)
_TENSORFLOW_LINES = tuple(
  (ability, re.compile(pattern)) for ability, pattern in _TENSORFLOW
)
# Operators of LiteRT that keep state; the others of its schema only compute.
_LITERT_STATE = frozenset(
  (
    *('VAR_HANDLE', 'READ_VARIABLE', 'ASSIGN_VARIABLE', 'CALL_ONCE'),
    *('HASHTABLE', 'HASHTABLE_FIND', 'HASHTABLE_IMPORT', 'HASHTABLE_SIZE'),
    *('IF', 'WHILE', 'CALL', 'RANDOM_UNIFORM', 'RANDOM_STANDARD_NORMAL'),
    'MULTINOMIAL',
  )
)
_ONNX_DOMAINS = ('', 'ai.onnx', 'ai.onnx.ml')  # ONNX's own.


def of_tensorflow(operation: str, functions: frozenset[str]) -> Ability:
  """What an operation of a graph can do.

  Args:
    operation: Its name.
    functions: The functions of the graph, which a node may call by name.
  """
  for ability, line in _TENSORFLOW_LINES:
    if line.fullmatch(operation):
      return ability
  if operation in functions:
    return Ability.COMPUTES  # The nodes of the function are audited themselves.
  definition = op_def_registry.get(operation)
  # An operation that was added to TensorFlow may do anything, even if it is
  # declared to have no state.
  is_own = hasattr(tf.raw_ops, operation)
  if definition and is_own and not definition.is_stateful:
    return Ability.COMPUTES
  return Ability.UNKNOWN


def of_litert(operation: str, *, is_custom: bool) -> Ability:
  """What an operator of a LiteRT file can do, by its name in the schema."""
  if is_custom or operation in ('CUSTOM', 'DELEGATE'):
    return Ability.NATIVE
  return Ability.KEEPS_STATE if operation in _LITERT_STATE else Ability.COMPUTES


def of_onnx(domain: str) -> Ability:
  """What an operator of an ONNX file can do, by the domain it is of."""
  return Ability.COMPUTES if domain in _ONNX_DOMAINS else Ability.NATIVE
