"""What others call the licences of models."""

import pytest

from exporter import errors
from exporter.publishing import licenses
import model_specs
from tests import some_spec_file


def test_the_published_models_may_go_anywhere():
  for model in model_specs.MODELS:
    assert licenses.hugging_face(model) == {'license': 'apache-2.0'}
    assert licenses.kaggle(model) == 'Apache 2.0'


@pytest.mark.parametrize(
  ('spdx', 'theirs', 'kaggle'),
  [
    ('MIT', 'mit', 'MIT'),
    ('CC-BY-4.0', 'cc-by-4.0', 'Attribution 4.0 International (CC BY 4.0)'),
    ('GPL-3.0-only', 'gpl-3.0', 'GPL 3'),
    ('BSD-3-Clause', 'bsd-3-clause', 'BSD-3-Clause'),
  ],
)
def test_names_of_spdx(spdx, theirs, kaggle):
  model = some_spec_file.model(license=spdx)
  assert licenses.hugging_face(model) == {'license': theirs}
  assert licenses.kaggle(model) == kaggle


def test_a_licence_of_ones_own_is_named_and_linked():
  url = 'https://acme.example/licence'
  model = some_spec_file.model(license='Acme Terms: 2', license_url=url)
  assert licenses.hugging_face(model) == {
    'license': 'other',
    'license_name': 'acme-terms-2',
    'license_link': url,
  }
  with pytest.raises(errors.PublishError, match='is under Acme Terms: 2'):
    licenses.kaggle(model)


def test_no_licence_is_not_made_up():
  model = some_spec_file.model()
  assert licenses.hugging_face(model) == {}
  with pytest.raises(errors.PublishError, match='has no licence'):
    licenses.kaggle(model)
