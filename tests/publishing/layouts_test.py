"""Who takes uploads, and under which accounts."""

import pytest

from exporter import errors
from exporter.publishing import layouts
from exporter.publishing import upload
from tests.publishing import some_uploads


def test_each_word_stands_for_somebody(tmp_path):
  items = some_uploads.items(some_uploads.make(tmp_path)).values()
  for word in upload.LAYOUTS:
    assert layouts.uploads(items, word)


def test_a_word_that_nobody_has_is_refused():
  assert tuple(layouts._LAYOUTS) == upload.LAYOUTS
  with pytest.raises(
    errors.OrderError, match="'hugging_face', expected one of"
  ):
    layouts.uploads([], 'hugging_face')


@pytest.mark.parametrize(
  ('layout', 'good', 'bad'),
  [
    ('huggingface', 'acme-2', 'acme/x'),
    ('kaggle', 'Acme_2', '../acme'),
    ('oci', 'localhost:5000/acme/x', 'Acme'),
    ('oci', 'ghcr.io/acme', 'ghcr.io/acme/'),
  ],
)
def test_an_account_is_one_that_there_can_be(tmp_path, layout, good, bad):
  items = some_uploads.items(some_uploads.make(tmp_path)).values()
  uploads = layouts.uploads(items, layout, good)
  assert good in uploads[0].commands(tmp_path)[0]
  with pytest.raises(errors.PublishError, match=r'^--account=.*: [a-z./-]+$'):
    layouts.uploads(items, layout, bad)
