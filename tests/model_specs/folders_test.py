"""No two models have the same handles."""

import pytest

import model_specs
from model_specs import folders
from tests import some_spec_file


def test_models_by_what_their_handles_begin_with():
  model = some_spec_file.model()
  assert folders.by_folder([model]) == {'acme/flowers/small': model}


@pytest.mark.parametrize(
  ('models', 'says'),
  [
    ([some_spec_file.model(), some_spec_file.model()], 'two specs are called'),
    (
      [some_spec_file.model(dataset='imagenet', name='inception_v1')],
      'has the name of a published model',
    ),
  ],
)
def test_what_would_have_the_handles_of_another(models, says):
  with pytest.raises(model_specs.SpecError, match=says):
    folders.by_folder(models)
