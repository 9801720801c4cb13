"""The keys of a spec file, for its reader, its writer and editors."""

import sys

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

_EXAMPLES = {key.name: key.example for key in keys.KEYS}


def test_right_values_are_no_problem():
  assert not list(text_lib.problems(_EXAMPLES))


def test_the_closest_key_and_network_are_named():
  values = {**_EXAMPLES, 'num_clases': 5, 'zzz': 1, 'network': 'mobilnet_v2'}
  network, misspelt, strange = text_lib.problems(values)
  assert misspelt == 'unknown key num_clases; did you mean num_classes?'
  assert strange.startswith('unknown key zzz; the keys are publisher, dataset,')
  assert network == "network is 'mobilnet_v2'; did you mean mobilenet_v2?"


def test_all_that_is_missing_is_named():
  missing = [problem.split()[0] for problem in text_lib.problems({})]
  assert missing == ['publisher', 'dataset', 'name', 'network', 'size']


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
