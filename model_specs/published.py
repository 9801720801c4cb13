"""All published models, and the networks that models may be of."""

from collections.abc import Callable

from model_specs import spec
from model_specs.families import inception
from model_specs.families import inception_resnet_v2
from model_specs.families import mobilenet_edgetpu
from model_specs.families import mobilenet_v1
from model_specs.families import mobilenet_v2
from model_specs.families import mobilenet_v3
from model_specs.families import nasnet
from model_specs.families import plain
from model_specs.families import pnasnet
from model_specs.families import resnet
from model_specs.families import small
from model_specs.families import vgg

MODELS: tuple[spec.ModelSpec, ...] = (
  *inception.MODELS,
  *inception_resnet_v2.MODELS,
  *mobilenet_v1.MODELS,
  *mobilenet_v2.MODELS,
  *mobilenet_v3.MODELS,
  *nasnet.MODELS,
  *pnasnet.MODELS,
  *resnet.MODELS,
  *vgg.MODELS,
)

# What is known of networks of which no checkpoint was published.
TEMPLATES: tuple[spec.ModelSpec, ...] = (
  *mobilenet_edgetpu.TEMPLATES,
  *mobilenet_v2.TEMPLATES,
  *mobilenet_v3.TEMPLATES,
  *nasnet.TEMPLATES,
  *plain.TEMPLATES,
  *pnasnet.TEMPLATES,
  *resnet.TEMPLATES,
  *small.TEMPLATES,
  *vgg.TEMPLATES,
)

# A published model of each network, or else its template.
NETWORKS = {model.network: model for model in (*MODELS, *TEMPLATES)}


def without_rounding(model: spec.ModelSpec) -> spec.ModelSpec | None:
  """The published model that differs from another one in not rounding."""
  network = model.network.removesuffix('_quant')
  for other in MODELS:
    is_alike = (other.multiplier, other.size) == (model.multiplier, model.size)
    if is_alike and other.network == network != model.network:
      return other
  return None


def num_features(network: str, multiplier: float | None) -> int:
  """The number of features of a network at any multiplier."""
  widths: dict[str, Callable[[float], int]] = {
    'mobilenet_edgetpu': mobilenet_edgetpu.num_features,
    'mobilenet_v1': mobilenet_v1.num_features,
    'mobilenet_v1_quant': mobilenet_v1.num_features,
    'mobilenet_v2': mobilenet_v2.num_features,
    'mobilenet_v2_narrow_end': mobilenet_v2.num_features_narrow,
    'mobilenet_v2_quant': mobilenet_v2.num_features,
    **mobilenet_v3.NUM_FEATURES,
  }
  if multiplier is None:
    return NETWORKS[network].num_features
  return widths[network](multiplier)
