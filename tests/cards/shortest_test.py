"""The shortest code for each way to use a model."""

from exporter.cards import card
from exporter.cards import shortest
import model_specs
from tests import each


@each.over('handle', model_specs.find('mobilenet_v1_025_128'))
def test_the_code_is_that_of_the_card(handle):
  text = card.model_card(handle, None).to_markdown()
  found = shortest.shortest_code(handle)
  assert found
  for title, block in found.items():
    assert block.strip() in text, title


def test_each_kind_of_handle_has_its_ways():
  first, last = model_specs.find('mobilenet_v1_025_128/classification')
  found = {str(h.number): [*shortest.shortest_code(h)] for h in (first, last)}
  assert found == {
    '3': ['hub.Module'],
    '5': ['Keras 3', 'hub.KerasLayer', 'TensorFlow', 'Serving signature'],
  }
