"""Says what goes into a model, and what it makes of that itself."""

from exporter import markdown
import model_specs


def images(handle: model_specs.Handle) -> str:
  """What the model takes, in words."""
  return 'grey images' if handle.spec.family.channels == 1 else 'RGB images'


def preprocessing(handle: model_specs.Handle) -> str:
  """Says what the model does with colours before the network sees them."""
  wanted = handle.spec.family.preprocessing
  if isinstance(wanted, model_specs.Standardization):
    return (
      'subtracts the mean of each image from it and divides it by its standard '
      'deviation, as the network was trained with'
    )
  if isinstance(wanted.offset, float):
    low = 0.0 - wanted.offset
    return (
      f'maps them to the [{low:g}, {low + wanted.factor:g}] that the network '
      'was trained with'
    )
  return (
    f'multiplies them by {wanted.factor:g} and subtracts {wanted.offset} from '
    'red, green and blue, as the network was trained with'
  )


def size(handle: model_specs.Handle) -> str:
  """Says which sizes of images the model takes."""
  side = handle.spec.size
  if handle.variable_size:
    return markdown.paragraph(
      f'The default size is {side} x {side} pixels, the one the network was '
      'trained with. Other sizes work, also where height and width differ: '
      'the range from about 96 to 320 pixels is tested. The figures above hold '
      'for the default size only.'
    )
  unchecked = (
    'A call of `serving_default` in Python does not check it.'
    if handle.version.serving_default
    else ''
  )
  return markdown.paragraph(
    f'The size is fixed to {side} x {side} pixels; on any other, TensorFlow '
    "stops with an error about the input's shape. Resize first, for example "
    f'with `tf.image.resize(images, [{side}, {side}])`.',
    *filter(None, [unchecked]),
  )
