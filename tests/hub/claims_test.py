"""Of several artifacts with one name, one keeps it and the others are told."""

from exporter.hub import claims
import model_specs

_A, _B, _C = model_specs.find('mobilenet_v1_025_128/classification/[345]')


def test_the_first_keeps_a_name_and_the_others_are_told():
  settled = claims.settle({_A: ('a', 'x'), _B: ('b', 'x'), _C: ('c', 'y', 'x')})
  assert settled[_A] == claims.Claim(('a', 'x'), {})
  assert settled[_B] == claims.Claim(('b',), {'x': _A})
  assert settled[_C] == claims.Claim(('c', 'y'), {'x': _A})
  assert not settled[_A].told
  assert settled[_B].told == f'; x is that of {_A}'


def test_what_an_artifact_is_called_itself_nobody_takes():
  settled = claims.settle({_A: ('a', 'b'), _B: ('b',)})
  assert settled[_A] == claims.Claim(('a',), {'b': _B})
  assert settled[_B].kept == ('b',)


def test_one_may_be_left_without_a_name():
  settled = claims.settle({_A: ('a',), _B: ('a',)})
  assert settled[_B] == claims.Claim((), {'a': _A})
