// Shows the most probable classes of a picture.

const CLASSES_SHOWN = 5;

const softmax = (logits) => {
  const highest = logits.reduce((most, each) => Math.max(most, each));
  const powers = logits.map((each) => Math.exp(each - highest));
  const sum = powers.reduce((total, each) => total + each);
  return powers.map((each) => each / sum);
};

class Classes extends TryIt {
  numbers = 'logits';

  build() {
    const choose = this.chooser('Choose a picture', (file) =>
      this.showFile(file),
    );
    this.camera = this.button('Camera', () => this.toggleCamera());
    this.camera.setAttribute('aria-pressed', 'false');
    this.camera.hidden = !navigator.mediaDevices?.getUserMedia;
    this.picture = this.frame();
    this.classes = element('ol', {className: 'try-it-classes'});
    this.classes.setAttribute('aria-label', 'Most probable classes');
    this.takeDropped((file) => this.showFile(file));
    return [
      element(
        'div',
        {className: 'try-it-ways'},
        this.button('Sample picture', () => this.showSample()),
        choose,
        this.camera,
        element('span', {className: 'try-it-drop'}, 'or drop a picture here'),
      ),
      element(
        'div',
        {className: 'try-it-answer'},
        this.picture,
        this.classes,
      ),
    ];
  }

  async show(picture, name) {
    const {canvas, picked} = pixels(picture, this.model.about);
    const {numbers, milliseconds} = await this.model.run(picked);
    this.fill(this.picture, canvas, name);
    const shares = softmax(Float64Array.from(numbers));
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
    this.say(
      `${name}: ${called(best[0])}, ${percent(best[0])}. It took` +
        ` ${duration(milliseconds)} in this browser (${this.backend}).`,
    );
  }

  clear() {
    this.picture.replaceChildren();
    this.picture.removeAttribute('aria-label');
    this.classes.replaceChildren();
  }

  async showSample() {
    this.stopCamera();
    await this.show(await this.sample(), 'Sample picture');
  }

  async showFile(file) {
    if (!file) return;
    this.stopCamera();
    // If the file is no picture, the answer to another must not stay.
    this.clear();
    await this.show(await this.read(file), file.name);
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

Classes.showAll();
