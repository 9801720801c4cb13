"""Whatever a spec file says, it is a model or an error in words."""

import json

import hypothesis
from hypothesis import strategies

import model_specs
from model_specs.spec_files import files
from model_specs.spec_files import keys
from model_specs.spec_files import model
from tests import fuzz
from tests import some_spec_file

_NAMES = strategies.sampled_from([key.name for key in keys.KEYS])
_TABLES = strategies.dictionaries(
  strategies.one_of(_NAMES, fuzz.KEYS), fuzz.VALUES, max_size=6
)


@fuzz.examples(300)
@hypothesis.given(_TABLES)
def test_a_table_is_a_model_or_an_error(changes):
  with fuzz.or_refused(model_specs.SpecError, 'models.toml'):
    read = model.read_model({**some_spec_file.VALUES, **changes}, 'models.toml')
    assert read.own
    json.loads(read.own.table)


@fuzz.examples(200)
@hypothesis.given(strategies.data())
def test_a_file_is_models_or_an_error(tmp_path_factory, data):
  folder = tmp_path_factory.getbasetemp()
  whole = some_spec_file.write(folder).read_bytes()
  path = folder / 'damaged.toml'
  path.write_bytes(
    data.draw(
      strategies.one_of(strategies.binary(max_size=99), fuzz.damaged(whole))
    )
  )
  with fuzz.or_refused(model_specs.SpecError, str(path)):
    files.load_registry(path)
