// Shows how alike two pictures are: the cosine of their feature vectors.

const cosine = (one, other) => {
  const product = (a, b) =>
    a.reduce((sum, each, place) => sum + each * b[place], 0);
  const lengths = Math.sqrt(product(one, one) * product(other, other));
  // A vector of zeros has no direction.
  return lengths && product(one, other) / lengths;
};

const mirror = (picture) => {
  const {naturalWidth: width, naturalHeight: height} = picture;
  const canvas = element('canvas', {width, height});
  const context = canvas.getContext('2d');
  context.scale(-1, 1);
  context.drawImage(picture, -width, 0);
  return canvas;
};

class Likeness extends TryIt {
  numbers = 'features';

  build() {
    this.sides = ['first', 'second'].map((which) => this.buildSide(which));
    this.bar = element('div', {className: 'try-it-bar'});
    this.bar.setAttribute('aria-hidden', 'true');
    this.answer = element('p', {className: 'try-it-alike'});
    this.takeDropped((file, target) => {
      const [first, second] = this.sides;
      return this.showFile(first.part.contains(target) ? first : second, file);
    });
    return [
      element(
        'div',
        {className: 'try-it-sides'},
        ...this.sides.map((side) => side.part),
      ),
      this.answer,
      this.bar,
      element(
        'p',
        {className: 'try-it-drop'},
        'The number is the cosine of the two feature vectors: 1 where they' +
          ' point the same way, 0 where they have nothing in common. How much' +
          ' is much differs between models: see which of several pictures' +
          ' comes closest.',
      ),
    ];
  }

  buildSide(which) {
    const side = {frame: this.frame()};
    side.part = element(
      'fieldset',
      {className: 'try-it-side'},
      element('legend', {}, `The ${which} picture`),
      side.frame,
      element(
        'div',
        {className: 'try-it-ways'},
        this.button('Sample', async () =>
          this.show(side, await this.sample(), 'Sample'),
        ),
        this.button('Sample, mirrored', async () =>
          this.show(side, mirror(await this.sample()), 'Sample, mirrored'),
        ),
        this.chooser(`Choose the ${which} picture`, (file) =>
          this.showFile(side, file),
        ),
        element('span', {className: 'try-it-drop'}, 'or drop one here'),
      ),
    );
    return side;
  }

  async show(side, picture, name) {
    const {canvas, picked} = pixels(picture, this.model.about);
    const {numbers, milliseconds} = await this.model.run(picked);
    this.fill(side.frame, canvas, name);
    Object.assign(side, {name, features: Float64Array.from(numbers)});
    const [first, second] = this.sides;
    if (!first.features || !second.features) return;
    this.alike = cosine(first.features, second.features);
    this.bar.style.setProperty('--share', Math.max(0, this.alike));
    this.answer.textContent = `Alike to ${this.alike.toFixed(3)}`;
    this.say(
      `${first.name} and ${second.name}: alike to ${this.alike.toFixed(3)}.` +
        ` The last one took ${duration(milliseconds)} in this browser` +
        ` (${this.backend}).`,
    );
  }

  async showSample() {
    const picture = await this.sample();
    const [first, second] = this.sides;
    await this.show(first, picture, 'Sample');
    await this.show(second, mirror(picture), 'Sample, mirrored');
  }

  async showFile(side, file) {
    if (file) await this.show(side, await this.read(file), file.name);
  }
}

Likeness.showAll();
