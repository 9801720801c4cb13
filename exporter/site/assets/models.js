// Sorts and filters the table of models; the address keeps what was chosen.

const EXACT = ['family', 'task', 'multiplier', 'size'];

/** A text without what people spell differently: case, _, - and points. */
function plain(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

class Models {
  constructor(root) {
    this.form = root.querySelector('.filters');
    this.count = root.querySelector('.models-count');
    this.body = root.querySelector('tbody');
    this.heads = [...root.querySelectorAll('thead th')];
    this.rows = [...this.body.rows];
    this.column = new Map(
      this.heads.map((head, place) => [head.dataset.key, place]),
    );
    this.sorting = {key: '', order: 'up'};
    this.heads.forEach((head) => this.addButton(head));
    this.form.hidden = false;
    this.form.addEventListener('input', () => this.changed());
    this.form.addEventListener('submit', (event) => event.preventDefault());
    this.form.addEventListener('reset', () => {
      this.sorting = {key: '', order: 'up'};
      setTimeout(() => this.changed()); // The fields are empty after it.
    });
    window.addEventListener('popstate', () => this.read());
    this.read();
  }

  addButton(head) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    button.addEventListener('click', () => {
      const {key, order} = this.sorting;
      const isSame = key === head.dataset.key;
      // Of accuracies the largest is the best, of all else the smallest.
      const first = head.dataset.key.startsWith('top') ? 'down' : 'up';
      const other = order === 'up' ? 'down' : 'up';
      this.sorting = {
        key: head.dataset.key,
        order: isSame ? other : first,
      };
      this.changed();
    });
    head.append(button);
  }

  /** The address -> fields and order. */
  read() {
    const state = new URLSearchParams(location.search);
    for (const field of this.form.elements) {
      if (field.name) field.value = state.get(field.name) ?? '';
    }
    const key = state.get('sort') ?? '';
    this.sorting = {
      key: this.column.has(key) ? key : '',
      order: state.get('order') === 'down' ? 'down' : 'up',
    };
    this.show();
  }

  /** Fields and order -> the address. */
  changed() {
    const state = new URLSearchParams(location.search);
    for (const field of this.form.elements) {
      if (!field.name) continue;
      if (field.value) state.set(field.name, field.value);
      else state.delete(field.name);
    }
    const {key, order} = this.sorting;
    for (const [name, value] of [['sort', key], ['order', key && order]]) {
      if (value) state.set(name, value);
      else state.delete(name);
    }
    const query = state.toString();
    const address = query ? `?${query}` : location.pathname;
    history.replaceState(null, '', address + location.hash);
    this.show();
  }

  /** A cell's number, or its text; undefined where nothing is known. */
  value(row, key) {
    const cell = row.cells[this.column.get(key)];
    if (!cell) return undefined;
    if (!cell.classList.contains('models-number')) return cell.textContent;
    return cell.dataset.value === undefined
      ? undefined
      : Number(cell.dataset.value);
  }

  matches(row) {
    const wanted = Object.fromEntries(new FormData(this.form));
    const isSame = (key) =>
      key in row.dataset
        ? row.dataset[key] === wanted[key]
        : this.value(row, key) === Number(wanted[key]);
    const names = plain(row.dataset.names);
    const words = wanted.name.split(/\s+/).map(plain);
    return (
      words.every((word) => names.includes(word)) &&
      EXACT.every((key) => !wanted[key] || isSame(key)) &&
      (!wanted.formats ||
        row.dataset.formats.split(' ').includes(wanted.formats)) &&
      (!wanted.max_macs || this.value(row, 'macs') <= wanted.max_macs) &&
      (!wanted.max_params || this.value(row, 'params') <= wanted.max_params) &&
      (!wanted.min_top1 || this.value(row, 'top1') >= wanted.min_top1)
    );
  }

  /** What is not known comes last, whatever the order. */
  compare(first, second) {
    const {key, order} = this.sorting;
    const [a, b] = [this.value(first, key), this.value(second, key)];
    if (a === undefined || b === undefined) {
      return (a === undefined) - (b === undefined);
    }
    const sign = order === 'down' ? -1 : 1;
    return sign * (typeof a === 'string' ? a.localeCompare(b) : a - b);
  }

  show() {
    const shown = this.rows.filter((row) => this.matches(row));
    if (this.sorting.key) shown.sort((a, b) => this.compare(a, b));
    this.body.replaceChildren(...shown);
    const left = `${shown.length} of ${this.rows.length}`;
    this.count.textContent = shown.length
      ? left
      : `${left}: nothing fits, loosen a filter`;
    for (const head of this.heads) {
      const isSorted = head.dataset.key === this.sorting.key;
      const way = this.sorting.order === 'up' ? 'ascending' : 'descending';
      head.setAttribute('aria-sort', isSorted ? way : 'none');
    }
  }
}

document.querySelectorAll('[data-models]').forEach((root) => new Models(root));
