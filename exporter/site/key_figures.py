"""The figures by which models are chosen, at the top of a page."""

from exporter import cards
from exporter import elements
from exporter.site import entries
import model_specs


def _colours(model: model_specs.ModelSpec) -> str:
  return 'grey' if model.family.channels == 1 else 'RGB'


def render(handle: model_specs.Handle, entry: entries.Entry) -> str:
  """A list of the figures of a handle, as HTML.

  Accuracies are those that were published of the checkpoint. Beside an export
  of untrained weights they are called so, as they are not of it.
  """
  is_untrained = cards.is_untrained(entry.made.get(str(handle)))
  accuracy = 'published accuracy' if is_untrained else 'accuracy'
  figures = entry.spec.figures
  facts = (
    (f'Top-1 {accuracy}', figures.top1_percent, ' %'),
    (f'Top-5 {accuracy}', figures.top5_percent, ' %'),
    ('Multiply-adds', figures.macs_millions, ' M'),
    ('Parameters', entry.params_millions, ' M'),
    ('Image', entry.spec.size, ' px'),
    ('Colours', f'{_colours(entry.spec)}, 0 to 1', ''),
    ('Outputs', entry.newest.num_outputs, ''),
    ('Licence', entry.spec.license or None, ''),
  )
  parts = [
    elements.element(
      'div',
      None,
      elements.element('dt', None, name),
      elements.element('dd', None, f'{value}{unit}'),
    )
    for name, value, unit in facts
    if value is not None
  ]
  return elements.render(elements.element('dl', {'class': 'facts'}, *parts))
