"""The page of each handle and converted file."""

import pytest

from exporter.measure import accuracy
from exporter.measure import measurements
from exporter.measure import speed
from exporter.site import entries
from exporter.site import model_page
import model_specs
from model_specs import formats as formats_lib
from model_specs import kinds
from tests import some_accuracy
from tests import some_manifest
from tests import some_spec_file
from tests import some_speed
from tests.site import some_site

_ORIGIN = some_site.LITERT.origin


def _collect(*handles: model_specs.Handle) -> entries.Collection:
  manifests = {handle: some_manifest.make(handle) for handle in handles}
  return entries.Collection(entries.collect(manifests))


@pytest.mark.parametrize('handle', [_ORIGIN, some_site.LITERT], ids=str)
def test_the_page_of_an_export_has_all_that_was_measured_of_it(handle):
  figures = measurements.Measurements(
    speed.Timed(some_speed.MACHINE, tuple(some_speed.make()[:3]), ()),
    accuracy.shorten(some_accuracy.make(), 10),
  )
  manifests = {
    each: some_manifest.make(each) for each in (_ORIGIN, some_site.LITERT)
  }
  collection = entries.Collection(entries.collect(manifests, {handle: figures}))
  for each in manifests:
    text = model_page.render_all(collection)[entries.page(each)]
    assert ('| 32 | 320.00 | 1000.00 | 100 |' in text) == (each == handle)
    assert ('| 10 | 50.00 % |' in text) == (each == handle)


def test_the_most_exact_of_each_group_of_files_is_shown():
  words = ('litert.dynamic', 'litert.float16', 'litert.float32', 'litert.int8')
  files = [formats_lib.convert(_ORIGIN, kinds.get(word)) for word in words]
  text = model_page.render_all(_collect(_ORIGIN, *files))[f'{_ORIGIN}.md']
  use = text[text.index('\n## Use it') :]
  use = use[: use.index('\n## ', 1)]
  assert 'float32.tflite' in use
  assert use.count('.tflite') == use.count('float32.tflite')


def test_a_changelog_is_one_step_below_its_heading():
  text = model_page.render_all(_collect())[f'{_ORIGIN}.md']
  assert '\n## Changelog\n\n### Version ' in text


def _get(handle: model_specs.Handle, *made: model_specs.Handle) -> str:
  """The section of the page of a handle that says how to get it."""
  text = model_page.render_all(_collect(*made))[f'{handle}.md']
  text = text[text.index('\n## Get it') :]
  return text[: text.index('\n## ', 1)]


def test_what_is_not_there_comes_with_the_command_that_makes_it():
  text = _get(_ORIGIN)
  assert ', of the published checkpoint, and ' in text
  name = f'{_ORIGIN.spec.name}/{_ORIGIN.task}/{_ORIGIN.number}'
  assert f'\nslimhub export {name} --fetch --output_dir=exports\n' in text


def test_no_checkpoint_of_an_own_model_is_a_published_one():
  handle = some_spec_file.model().handles((2,))[0]
  (converted,) = formats_lib.select([handle], ['litert.float32'])
  text = _get(handle, converted)
  assert ', of the checkpoint that the spec file FILE names, and ' in text
  assert f'\nslimhub export {handle} --spec_file=FILE --output_dir=' in text


def test_an_own_model_goes_by_its_name_among_those_of_its_data():
  small, large = (
    some_spec_file.model(name=name, size=size).handles()[1]
    for name, size in (('small', 32), ('large', 64))
  )
  text = model_page.render_all(_collect(small))[f'{small}.md']
  assert '\n# small (MobileNet V1 0.25, 32 px): classification\n' in text
  assert 'Neighbouring models' not in text
  text = model_page.render_all(_collect(small, large))[f'{small}.md']
  neighbours = text[text.index('## Neighbouring models') :]
  assert '[large (MobileNet V1 0.25, 64 px)](' in neighbours
  assert 'px](' not in neighbours  # Of which names of published models end.
