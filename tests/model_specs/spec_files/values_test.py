"""What values of keys are right and wrong, for the reader and for editors."""

from typing import Any

import jsonschema
import pytest

from model_specs.spec_files import keys
from model_specs.spec_files import text as text_lib

_NAN = float('nan')
_EXAMPLES = {key.name: key.example for key in keys.KEYS}
# Of each kind of value, some that are right and some that are not.
_VALUES: dict[str, tuple[list[Any], list[Any]]] = {
  'publisher': (
    ['acme', 'a-1'],
    ['Acme', 'a/b', 'a_b', 'a\n', 1, 'a\u0663'],
  ),
  'dataset': (['flowers', '2-x_y'], ['_x', 'a/b', 'A', None, 'a\u0663']),
  'name': (['net', 'n_1'], ['1n', 'n-1', 'N', ' n', 'n\u0663']),
  'size': ([1, 4096], [0, -1, 96.5, True, '96', 4097, 2**31]),
  'version': ([1, 10], [0, -1, 1.5, 1e3, True, '1', '1_000', '0x10', 2**31]),
  'network': (['mobilenet_v1'], ['transformer', 1, ['mobilenet_v1']]),
  'multiplier': ([0.1, 1], [0, -1.0, True, '1,5', float('inf'), _NAN]),
  'background': ([True, False], [0, 'true']),
  'labels': ([['a', 'b']], [[], ['a', ''], [1], 'a', ['a\x0bb'], ['\u2028']]),
  'input_range': ([[-1, 1], [0.0, 255.0]], [[1, -1], [0], [0, '1'], [0, 0, 1]]),
  'input_mean': ([[0, 1.5, 2]], [[0, 1], [0, 1, True], 1]),
  'top1_percent': ([1.1, 100], [0, 0.931, 1, 100.1, '90', _NAN, True]),
  'description': (['Good for it.', 'Two\nlines.\n'], ['', ' ', 5, 'a\x1b[2J']),
  'dataset_title': (
    ['Five *Flowers*'],
    ['a\nb', 'a\u2028b', 'a\u202eb', 5],
  ),
  'license_url': (
    ['https://a.example/(x)', 'http://a'],
    ['javascript:alert(1)', 'https://', 'https://a b', 'www.a.example', 'a\nb'],
  ),
  'label_file': (['a.txt'], ['a\x00b', '', 1]),
}
_VALIDATOR = jsonschema.Draft202012Validator(text_lib.schema())


@pytest.mark.parametrize(
  ('name', 'value'),
  [(name, value) for name, (_, bad) in _VALUES.items() for value in bad],
)
def test_a_wrong_value_is_named_with_what_was_expected(name, value):
  (problem,) = text_lib.problems({**_EXAMPLES, name: value})
  expected = keys.BY_NAME[name].kind.expected
  assert problem == f'{name} is {value!r}, expected {expected}'


@pytest.mark.parametrize(
  ('name', 'value'),
  [(name, value) for name, (good, _) in _VALUES.items() for value in good],
)
def test_other_right_values(name, value):
  assert not list(text_lib.problems({**_EXAMPLES, name: value}))


@pytest.mark.parametrize('name', _VALUES)
def test_the_schema_agrees_with_the_reader(name):
  good, bad = _VALUES[name]
  for value in good:
    assert _VALIDATOR.is_valid({'model': [{**_EXAMPLES, name: value}]})
  # What JSON cannot say: an order, infinity, blanks alone; 1e3 is whole there.
  unsaid = ([1, -1], float('inf'), _NAN, ' ', 'a\n', 1e3)
  for value in bad:
    valid = _VALIDATOR.is_valid({'model': [{**_EXAMPLES, name: value}]})
    assert not valid or value in unsaid
