"""Says what goes into a model, and what it makes of that itself."""

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
