"""The tensors that programs fetch from TF1 modules by the names they know."""

import numpy as np
import pytest

from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts

V2 = artifacts.V2
_INCEPTION = 'inception_v3/feature_vector/3'


@pytest.mark.parametrize(
  ('tensor', 'endpoint'),
  [
    ('Logits/AvgPool', 'global_pool'),
    ('expanded_conv/depthwise_output', 'layer_2/depthwise_output'),
    ('expanded_conv/output', 'layer_2/output'),
    ('expanded_conv_5/expansion_output', 'layer_7/expansion_output'),
    ('expanded_conv_16/output', 'layer_18'),
  ],
)
def test_v2_has_the_tensors_that_programs_fetch_by_name(tensor, endpoint):
  module = artifacts.Module(artifacts.folder(f'{V2}/feature_vector/3'))
  images = synthetic.synthetic_images(2, 96, 96)
  signature = module.meta.signature_def['image_feature_vector']
  fetched, scaled, expected = module.session.run(
    (
      f'MobilenetV2/{tensor}:0',
      'MobilenetV2/input:0',
      signature.outputs[f'MobilenetV2/{endpoint}'].name,
    ),
    {signature.inputs['images'].name: images},
  )
  np.testing.assert_array_equal(fetched, expected)
  np.testing.assert_allclose(scaled, images * 2 - 1, atol=1e-6)


def test_inception_v3_pools_under_its_published_name():
  inference, _ = artifacts.sources(artifacts.handle(_INCEPTION).spec)
  pooled = inference.scoped_endpoints('InceptionV3')['InceptionV3/global_pool']
  assert pooled.name == 'InceptionV3/Logits/GlobalPool:0'
