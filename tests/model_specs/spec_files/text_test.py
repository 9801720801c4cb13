"""The keys of a spec file, for its reader, its writer and editors."""

import sys
from typing import Any

import jsonschema
import pytest

from model_specs import published
from model_specs.spec_files import keys
from model_specs.spec_files import text as text_lib
from tests import schema_file
from tests import some_spec_file

if sys.version_info >= (3, 11):
  import tomllib
else:
  import tomli as tomllib

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
  'version': ([1, 10], [0, -1, 1.5, 1e3, True, '1', '1_000', '0x10', 2**31]),
  'network': (['mobilenet_v1'], ['vgg', 1, ['mobilenet_v1']]),
  'multiplier': ([0.1, 1], [0, -1.0, True, '1,5', float('inf'), _NAN]),
  'background': ([True, False], [0, 'true']),
  'labels': ([['a', 'b']], [[], ['a', ''], [1], 'a', ['a\x0bb'], ['\u2028']]),
  'input_range': ([[-1, 1], [0.0, 255.0]], [[1, -1], [0], [0, '1'], [0, 0, 1]]),
  'input_mean': ([[0, 1.5, 2]], [[0, 1], [0, 1, True], 1]),
  'top1_percent': ([0.1, 100], [0, 100.1, '90', _NAN, True]),
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


def test_right_values_are_no_problem():
  assert not list(text_lib.problems(_EXAMPLES))


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


def test_the_closest_key_and_network_are_named():
  given = {**_EXAMPLES, 'num_clases': 5, 'zzz': 1, 'network': 'mobilnet_v2'}
  network, misspelt, strange = text_lib.problems(given)
  assert misspelt == 'unknown key num_clases; did you mean num_classes?'
  assert strange.startswith('unknown key zzz; the keys are publisher, dataset,')
  assert network == "network is 'mobilnet_v2'; did you mean mobilenet_v2?"


def test_all_that_is_missing_is_named():
  found = [problem.split()[0] for problem in text_lib.problems({})]
  assert found == ['publisher', 'dataset', 'name', 'network', 'size']


def test_what_is_written_is_read_again():
  text = text_lib.document([_EXAMPLES, some_spec_file.VALUES])
  assert tomllib.loads(text) == {'model': [_EXAMPLES, some_spec_file.VALUES]}
  assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize('text', ['a "b" \\ c', 'Blüte 🌸', 'two\nlines\t'])
def test_any_text_survives(text):
  written = text_lib.render({'description': text})
  assert tomllib.loads(written)['model'][0] == {'description': text}


def test_a_key_without_value_is_explained_and_off():
  text = text_lib.render({'name': 'x'})
  assert '\nname = "x"\n' in text
  for key in keys.KEYS:
    assert key.text.split()[0] in text
    assert (f'\n# {key.name} = ' in text) == (key.name != 'name')


def test_every_network_can_be_named():
  assert keys.BY_NAME['network'].kind.schema['enum'] == list(published.NETWORKS)


_VALIDATOR = jsonschema.Draft202012Validator(text_lib.schema())


def test_the_schema_is_one():
  jsonschema.Draft202012Validator.check_schema(text_lib.schema())


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


@pytest.mark.parametrize(
  'data',
  [
    {},
    {'model': []},
    {'model': [{}]},
    {'model': [_EXAMPLES], 'more': 1},
    {'model': [{**_EXAMPLES, 'num_clases': 5}]},
  ],
)
def test_the_schema_refuses(data):
  assert not _VALIDATOR.is_valid(data)


def test_the_committed_schema_is_up_to_date():
  assert schema_file.PATH.read_text('utf-8') == text_lib.schema_text(), (
    'run `python -m tests.schema_file`'
  )
