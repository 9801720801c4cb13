// In a page and in Node: all that it needs is `tf`, with a backend.
globalThis.answer = async ({file, pictures, size}) => {
  const model = await tf.loadGraphModel(`${file}/model.json`);
  const images = tf.div(tf.tensor(pictures, undefined, 'float32'), 255);
  const given = tf.reshape(images, [-1, size, size, 3]);
  return await model.predict(given).array();
};
