// Runs a model in its page, on pictures that never leave the reader's machine.
//
// Everything comes as scripts: from a folder of files, browsers load no other
// kind of data. A script gives what it holds to `slimhubTryIt.take`.

window.slimhubTryIt = {
  taken: new Map(),
  shown: [], // Each part of the page that runs a model.
  take(data) {
    this.taken.set(document.currentScript.src, data);
  },
};

const CLASSES_SHOWN = 5;
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

  /** The logits of one picture, given as bytes, and the time they took. */
  async run(picture) {
    const {size, channels} = this.about;
    const start = performance.now();
    const answer = tf.tidy(() => {
      const images = tf.tensor(picture, [1, size, size, channels], 'int32');
      return this.network.execute(tf.div(tf.cast(images, 'float32'), 255));
    });
    const logits = await answer.data();
    const milliseconds = performance.now() - start;
    answer.dispose();
    return {logits, milliseconds};
  }

  /** How far it is from what the network answered when it was proven. */
  async check() {
    const {vector, isExact} = this.about;
    const expected = new Float32Array(bytes(vector.outputs).buffer);
    const {logits} = await this.run(bytes(vector.picture));
    const mean = expected.reduce((sum, each) => sum + each) / expected.length;
    const square = (total, each) => total + each * each;
    const root = (values) =>
      Math.sqrt(values.reduce(square, 0) / values.length);
    const spread = root(expected.map((each) => each - mean));
    const apart = expected.map((each, place) => Math.abs(each - logits[place]));
    const error = isExact
      ? apart.reduce((most, each) => Math.max(most, each), 0)
      : root(apart);
    return {count: expected.length, error: error / spread};
  }
}

const softmax = (logits) => {
  const highest = logits.reduce((most, each) => Math.max(most, each));
  const powers = logits.map((each) => Math.exp(each - highest));
  const sum = powers.reduce((total, each) => total + each);
  return powers.map((each) => each / sum);
};

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

/** The part of a page that shows it all. */
class TryIt {
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
    this.build();
    this.start.remove();
    await this.prove();
    await this.showSample();
    this.root.querySelector('button').focus({preventScroll: true});
  }

  build() {
    const button = (text, work) => {
      const made = element('button', {type: 'button'}, text);
      made.addEventListener('click', () => this.guard(work));
      return made;
    };
    this.file = element('input', {type: 'file', accept: 'image/*'});
    this.file.setAttribute('aria-label', 'Choose a picture');
    this.file.addEventListener('change', () =>
      this.guard(() => this.showFile(this.file.files[0])),
    );
    this.camera = button('Camera', () => this.toggleCamera());
    this.camera.setAttribute('aria-pressed', 'false');
    this.camera.hidden = !navigator.mediaDevices?.getUserMedia;
    this.picture = element('div', {className: 'try-it-picture'});
    this.picture.setAttribute('role', 'img');
    this.classes = element('ol', {className: 'try-it-classes'});
    this.classes.setAttribute('aria-label', 'Most probable classes');
    this.checked = element('p', {className: 'try-it-check'});
    this.root.append(
      element(
        'div',
        {className: 'try-it-ways'},
        button('Sample picture', () => this.showSample()),
        this.file,
        this.camera,
        element('span', {className: 'try-it-drop'}, 'or drop a picture here'),
      ),
      element(
        'div',
        {className: 'try-it-answer'},
        this.picture,
        this.classes,
      ),
      this.checked,
    );
    this.root.addEventListener('dragover', (event) => event.preventDefault());
    this.root.addEventListener('drop', (event) => {
      event.preventDefault();
      this.guard(() => this.showFile(event.dataTransfer.files[0]));
    });
  }

  async prove() {
    if (!this.model.about.vector) return;
    const {count, error} = await this.model.check();
    const {allowed} = this.model.about;
    const isSame = error <= allowed;
    const found = `${error.toExponential(1)} of their spread`;
    this.checked.classList.toggle('try-it-wrong', !isSame);
    this.checked.textContent = isSame
      ? `The same numbers as the proof: your browser has just computed ${count}` +
        ` logits of a test vector, at most ${found} from those of the original` +
        ` network; ${allowed} would be allowed.`
      : `Not the numbers of the proof: ${count} logits of a test vector are` +
        ` ${found} from those of the original network, and ${allowed} would be` +
        ' allowed. Do not trust what this browser computes here.';
  }

  async show(picture, name) {
    const {canvas, picked} = pixels(picture, this.model.about);
    const {logits, milliseconds} = await this.model.run(picked);
    this.picture.replaceChildren(canvas);
    this.picture.setAttribute('aria-label', `What the model sees: ${name}`);
    const shares = softmax(Float64Array.from(logits));
    const best = [...shares.keys()]
      .sort((a, b) => shares[b] - shares[a])
      .slice(0, CLASSES_SHOWN);
    const {labels} = this.model.about;
    const called = (place) => labels[place] ?? `class ${place}`;
    const percent = (place) => `${(100 * shares[place]).toFixed(1)} %`;
    this.classes.replaceChildren(
      ...best.map((place) => {
        const bar = element('div', {className: 'try-it-bar'});
        bar.setAttribute('aria-hidden', 'true');
        bar.style.setProperty('--share', shares[place]);
        return element(
          'li',
          {},
          element(
            'span',
            {className: 'try-it-name'},
            called(place),
          ),
          element('span', {className: 'try-it-share'}, percent(place)),
          bar,
        );
      }),
    );
    const time = `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
    this.say(
      `${name}: ${called(best[0])}, ${percent(best[0])}. It took ${time} in` +
        ` this browser (${this.backend}).`,
    );
  }

  async showSample() {
    this.stopCamera();
    const picture = new Image();
    picture.src = await load(this.root.dataset.sample);
    await picture.decode();
    await this.show(picture, 'Sample picture');
  }

  async showFile(file) {
    if (!file) return;
    this.stopCamera();
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      throw new Error(`${file.name} is no picture that this browser reads`);
    }
    await this.show(picture, file.name);
  }

  async toggleCamera() {
    if (this.video) {
      this.stopCamera();
      return;
    }
    const stream = await navigator.mediaDevices.getUserMedia({
      video: {facingMode: 'environment'},
    });
    const video = element('video', {muted: true, playsInline: true});
    video.srcObject = stream;
    await video.play();
    this.video = video;
    this.camera.setAttribute('aria-pressed', 'true');
    // A screen reader need not hear of every frame.
    this.status.setAttribute('aria-live', 'off');
    while (this.video === video) {
      await this.show(video, 'Camera');
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }

  stopCamera() {
    if (!this.video) return;
    this.video.srcObject.getTracks().forEach((track) => track.stop());
    this.video = undefined;
    this.camera.setAttribute('aria-pressed', 'false');
    this.status.removeAttribute('aria-live');
  }
}

document.querySelectorAll('.try-it').forEach((root) => {
  slimhubTryIt.shown.push(new TryIt(root));
});
