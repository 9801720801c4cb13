"""The sections of a card of a network that was trained for 8 bits."""

from exporter import markdown
from exporter.cards import record
import model_specs
from model_specs import kinds


def _cost(spec: model_specs.ModelSpec) -> tuple[str, ...]:
  """Says how much accuracy the rounding costs, if both figures are known."""
  plain = model_specs.without_rounding(spec)
  ours = spec.figures.top1_percent
  if plain is None or not ours or not plain.figures.top1_percent:
    return ()
  theirs = plain.figures.top1_percent
  return (
    f'It is right for {ours} % of the pictures, and `{plain.name}`, the same '
    f'network in float32, for {theirs} %: 8 bits cost {theirs - ours:.1f} '
    'points.',
  )


def _how(handle: model_specs.Handle) -> str:
  if handle.kind.is_convertible:
    return (
      'The file that computes in 8 bits is made of it by `slimhub export '
      f'--formats={kinds.LITERT}.int8`: with the trained ranges, so that it '
      'needs no pictures.'
    )
  words = f'--formats=tf2,{kinds.LITERT}.int8,{kinds.ONNX}'
  if handle.spec.own:
    return (
      'Files that compute in 8 bits are made of the TF2 version: `slimhub '
      f'export {words}`.'
    )
  network = handle.spec.family.network
  return (
    'slimhub converts no TF1 module. For a LiteRT or an ONNX file that '
    'computes in 8 bits, with the trained ranges, describe the checkpoint in a '
    f'spec file as a model of the network `{network}`, and export that with '
    f'`{words}`.'
  )


def sections(handle: model_specs.Handle) -> tuple[record.Section, ...]:
  """What the rounding is, and what it costs; nothing for other networks."""
  spec = handle.spec
  if not spec.family.is_quantized:
    return ()
  return (
    record.Section(
      'Quantization',
      (
        markdown.paragraph(
          'The network was trained for arithmetic in 8 bits. All numbers here '
          'are float32, and the batch norms are folded into the kernels; but '
          'every kernel, every activation and the logits are rounded, by ops '
          'named `FakeQuantWithMinMaxVars`, to the 256 values that 8 bits '
          'have in a range that was trained with the weights. Images, biases '
          'and pooled features are not rounded.',
          *_cost(spec),
        ),
        markdown.paragraph(_how(handle)),
      ),
    ),
  )


def fine_tuning(sibling: str) -> record.Section:
  """Says that the network is for inference alone, and what to train instead."""
  return record.Section(
    'Fine-tuning',
    (
      markdown.paragraph(
        'The model cannot be fine-tuned: it holds the graph for inference '
        'alone, and no variable of it is trainable. What can be trained are '
        f'layers of your own behind {sibling}. To train a whole network, take '
        'one that was not trained for 8 bits, and quantize the result.'
      ),
    ),
  )
