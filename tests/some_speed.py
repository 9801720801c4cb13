"""Figures of speed that nobody measured, for tests of what shows them."""

from exporter.measure import speed

MACHINE = speed.Machine('A & B <Processor>', 2, 'Linux', {'slimhub': '1.2'})
NETWORK = 'google/imagenet/mobilenet_v1_025_128/classification'
_NAMES = (
  f'{NETWORK}/5',
  f'{NETWORK}/5.onnx/model.onnx',
  'keras.applications.X',
)


def make() -> list[speed.Speed]:
  """Three things with each size of batch, one faster than the other."""
  slow = [1.0] * 2
  return [
    speed.summarize(NETWORK, name, batch, [0.01 * batch / rank] * 18 + slow)
    for rank, name in enumerate(_NAMES, 1)
    for batch in speed.BATCHES
  ]
