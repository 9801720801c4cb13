"""The shortest code for each way to use a model."""

from exporter.cards import card
from exporter.cards import shortest
import model_specs
from tests import each


@each.over('handle', model_specs.find('mobilenet_v1_025_128'))
def test_the_code_is_that_of_the_card(handle):
  text = card.model_card(handle, None).to_markdown()
  blocks = shortest.shortest_code(handle)
  assert blocks
  for title, block in blocks.items():
    assert block.strip() in text, title


def test_each_kind_of_handle_has_its_ways():
  first, last = model_specs.find('mobilenet_v1_025_128/classification')
  titles = {str(h.number): [*shortest.shortest_code(h)] for h in (first, last)}
  assert titles == {
    '3': ['hub.Module'],
    '5': ['Keras 3', 'hub.KerasLayer', 'TensorFlow', 'Serving signature'],
  }
