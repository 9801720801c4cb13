// Runs a model in its page, on pictures that never leave the reader's machine.
//
// Everything comes as scripts: from a folder of files, browsers load no other
// kind of data. A script gives what it holds to `slimhubTryIt.take`. What is
// shown of an answer is told by another script, which extends `TryIt`.

window.slimhubTryIt = {
  taken: new Map(),
  shown: [], // Each part of the page that runs a model.
  take(data) {
    this.taken.set(document.currentScript.src, data);
  },
};

const OF_FILES = location.protocol === 'file:';

const load = (url) =>
  new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve(slimhubTryIt.taken.get(script.src));
    script.onerror = () => reject(new Error(`${url} cannot be loaded`));
    document.head.append(script);
  });

const element = (tag, about = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), about);
  made.append(...children);
  return made;
};

const bytes = (base64) =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** TensorFlow.js, loaded once, with the fastest backend that there is. */
const runtime = async (folder) => {
  const scripts = ['tf-core', 'tf-converter', 'tf-backend-cpu'];
  // A file may load no WebAssembly.
  if (!OF_FILES) scripts.push('tf-backend-wasm');
  for (const name of scripts) await load(`${folder}/${name}.min.js`);
  const wanted = OF_FILES ? ['cpu'] : ['wasm', 'cpu'];
  if (!OF_FILES) tf.wasm.setWasmPaths(new URL(`${folder}/`, location).href);
  for (const name of wanted) {
    if (await tf.setBackend(name)) return name;
  }
  throw new Error('this browser runs no backend of TensorFlow.js');
};

/** A network, and all that is known of it. */
class Model {
  static async load(parts, about) {
    const chunks = [];
    for (const part of parts) chunks.push(bytes(await load(part)));
    const [text, ...weights] = chunks;
    const {modelTopology, weightsManifest, signature} = JSON.parse(
      new TextDecoder().decode(text),
    );
    const size = weights.reduce((sum, part) => sum + part.length, 0);
    const weightData = new Uint8Array(size);
    let at = 0;
    for (const part of weights) {
      weightData.set(part, at);
      at += part.length;
    }
    const artifacts = {
      modelTopology,
      signature,
      weightSpecs: weightsManifest.flatMap((group) => group.weights),
      weightData: weightData.buffer,
    };
    const network = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
    return new Model(network, about);
  }

  constructor(network, about) {
    this.network = network;
    this.about = about;
  }

  /** The answer to one picture, given as bytes, and the time it took. */
  async run(picture) {
    const {size, channels} = this.about;
    const start = performance.now();
    const answer = tf.tidy(() => {
      const images = tf.tensor(picture, [1, size, size, channels], 'int32');
      return this.network.execute(tf.div(tf.cast(images, 'float32'), 255));
    });
    const numbers = await answer.data();
    const milliseconds = performance.now() - start;
    answer.dispose();
    return {numbers, milliseconds};
  }

  /** How far it is from what the network answered when it was proven. */
  async check() {
    const {vector, isExact} = this.about;
    const expected = new Float32Array(bytes(vector.outputs).buffer);
    const {numbers} = await this.run(bytes(vector.picture));
    const mean = expected.reduce((sum, each) => sum + each) / expected.length;
    const square = (total, each) => total + each * each;
    const root = (values) =>
      Math.sqrt(values.reduce(square, 0) / values.length);
    const spread = root(expected.map((each) => each - mean));
    const apart = expected.map((each, place) => Math.abs(each - numbers[place]));
    const error = isExact
      ? apart.reduce((most, each) => Math.max(most, each), 0)
      : root(apart);
    return {count: expected.length, error: error / spread};
  }
}

/** The middle of a picture, in the size and colours that a model takes. */
const pixels = (picture, {size, channels, share}) => {
  const width = picture.videoWidth || picture.naturalWidth || picture.width;
  const height = picture.videoHeight || picture.naturalHeight || picture.height;
  const side = Math.min(width, height) * share;
  const canvas = element('canvas', {width: size, height: size});
  const context = canvas.getContext('2d', {willReadFrequently: true});
  context.imageSmoothingQuality = 'high';
  context.fillStyle = 'white'; // Behind what is transparent.
  context.fillRect(0, 0, size, size);
  const corner = [(width - side) / 2, (height - side) / 2];
  context.drawImage(picture, ...corner, side, side, 0, 0, size, size);
  const {data} = context.getImageData(0, 0, size, size);
  const picked = new Uint8Array(size * size * channels);
  for (let place = 0; place < size * size; ++place) {
    const [red, green, blue] = data.subarray(4 * place, 4 * place + 3);
    if (channels === 1) {
      picked[place] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    } else {
      picked.set([red, green, blue], 3 * place);
    }
  }
  return {canvas, picked};
};

/** Milliseconds, as people read them. */
const duration = (milliseconds) =>
  `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;

/** The part of a page that runs a model; who extends it shows the answers. */
class TryIt {
  static showAll() {
    for (const root of document.querySelectorAll('.try-it')) {
      slimhubTryIt.shown.push(new this(root));
    }
  }

  constructor(root) {
    this.root = root;
    this.start = root.querySelector('.try-it-start');
    this.status = root.querySelector('.try-it-status');
    this.start.addEventListener('click', () => this.guard(() => this.open()));
    root.hidden = false;
  }

  say(text) {
    this.status.textContent = text;
  }

  async guard(work) {
    try {
      await work();
    } catch (error) {
      this.say(`That failed: ${error.message}`);
    }
  }

  async open() {
    this.start.disabled = true;
    this.say('Loading the model ...');
    try {
      const {about, runtime: folder} = this.root.dataset;
      this.backend = await runtime(folder);
      const {parts, ...facts} = await load(about);
      const beside = new URL(about, location);
      const urls = parts.map((part) => new URL(part, beside).href);
      this.model = await Model.load(urls, facts);
    } catch (error) {
      this.start.disabled = false;
      throw error;
    }
    this.checked = element('p', {className: 'try-it-check'});
    this.root.append(...this.build(), this.checked);
    this.start.remove();
    await this.prove();
    await this.showSample();
    this.root.querySelector('button').focus({preventScroll: true});
  }

  button(text, work) {
    const made = element('button', {type: 'button'}, text);
    made.addEventListener('click', () => this.guard(work));
    return made;
  }

  /** What chooses a file, and gives it to `work`. */
  chooser(label, work) {
    const made = element('input', {type: 'file', accept: 'image/*'});
    made.setAttribute('aria-label', label);
    made.addEventListener('change', () =>
      this.guard(() => work(made.files[0])),
    );
    return made;
  }

  /** Gives `work` the files that are dropped here, and what they hit. */
  takeDropped(work) {
    this.root.addEventListener('dragover', (event) => event.preventDefault());
    this.root.addEventListener('drop', (event) => {
      event.preventDefault();
      this.guard(() => work(event.dataTransfer.files[0], event.target));
    });
  }

  /** Where it is shown what the model sees. */
  frame() {
    const made = element('div', {className: 'try-it-picture'});
    made.setAttribute('role', 'img');
    return made;
  }

  fill(frame, canvas, name) {
    frame.replaceChildren(canvas);
    frame.setAttribute('aria-label', `What the model sees: ${name}`);
  }

  async sample() {
    const picture = new Image();
    picture.src = await load(this.root.dataset.sample);
    await picture.decode();
    return picture;
  }

  async read(file) {
    try {
      return await createImageBitmap(file);
    } catch {
      throw new Error(`${file.name} is no picture that this browser reads`);
    }
  }

  async prove() {
    if (!this.model.about.vector) return;
    const {count, error} = await this.model.check();
    const {allowed} = this.model.about;
    const isSame = error <= allowed;
    const found = `${error.toExponential(1)} of their spread`;
    const what = `${count} ${this.numbers} of a test vector`;
    this.checked.classList.toggle('try-it-wrong', !isSame);
    this.checked.textContent = isSame
      ? `The same numbers as the proof: your browser has just computed ${what},` +
        ` at most ${found} from those of the original network; ${allowed} would` +
        ' be allowed.'
      : `Not the numbers of the proof: ${what} are ${found} from those of the` +
        ` original network, and ${allowed} would be allowed. Do not trust what` +
        ' this browser computes here.';
  }
}
