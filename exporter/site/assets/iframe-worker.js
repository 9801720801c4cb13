// Browsers start no worker from a file: a frame does the work of search there.
if (location.protocol === 'file:') {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement('iframe');
      frame.hidden = true;
      frame.title = 'search';
      document.documentElement.append(frame);
      const inner = frame.contentWindow;
      // What the script of a worker sends goes to the page that started it.
      inner.postMessage = (data) => {
        this.dispatchEvent(new MessageEvent('message', {data}));
      };
      const script = inner.document.createElement('script');
      script.src = url;
      this._inner = inner;
      this._ready = new Promise((resolve) => {
        script.onload = resolve;
      });
      inner.document.documentElement.append(script);
    }

    postMessage(data) {
      this._ready.then(() => {
        const sent = new this._inner.MessageEvent('message', {data});
        this._inner.dispatchEvent(sent);
      });
    }
  };
}
