/**
 * Runs one model in TensorFlow.js, for tfjs_node.py.
 *
 * What comes in and what goes out are frames: four bytes that say how long the
 * rest is, and the rest. First come what describes the model, as JSON, and its
 * weights. Then each frame is a batch of images, and is answered by outputs.
 * Numbers are little-endian.
 */
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const [folder, backend, ...scripts] = process.argv.slice(2);
// Standard output is for frames alone.
globalThis.console = new console.Console(process.stderr, process.stderr);

/** Reads so many bytes; returns null at the end of the input. */
function readBytes(count) {
  const bytes = Buffer.alloc(count);
  let at = 0;
  while (at < count) {
    const read = fs.readSync(0, bytes, at, count - at);
    if (read === 0) return null;
    at += read;
  }
  return bytes;
}

function readFrame() {
  const header = readBytes(4);
  return header && readBytes(header.readUInt32LE());
}

function writeFrame(bytes) {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(bytes.byteLength);
  for (const part of [header, bytes]) {
    let at = 0;
    while (at < part.byteLength) at += fs.writeSync(1, part, at);
  }
}

/** Loads the scripts that a page loads; each finds those before it. */
function loadScripts() {
  const tf = {};
  // Random numbers are for training; pages load nothing for them, either.
  const known = {'@tensorflow/tfjs-core': tf, 'seedrandom': {}};
  const resolve = (name) => known[name] || require(name);
  for (const script of scripts) {
    const filename = path.join(folder, script);
    const names = ['exports', 'module', 'require', '__filename', '__dirname'];
    const code = fs.readFileSync(filename, 'utf8');
    const run = vm.compileFunction(code, names, {filename});
    const exports = script.includes('core') ? tf : {};
    run.call(exports, exports, {exports}, resolve, filename, folder);
    if (exports !== tf) Object.assign(tf, exports);
  }
  return tf;
}

function floats(bytes) {
  // A view of the numbers must begin at a multiple of their size.
  return new Float32Array(new Uint8Array(bytes).buffer);
}

async function main() {
  const tf = loadScripts();
  if (backend === 'wasm') tf.setWasmPaths(folder + path.sep);
  if (!await tf.setBackend(backend)) throw Error(`no backend ${backend}`);
  const described = JSON.parse(readFrame().toString());
  const weightData = new Uint8Array(readFrame()).buffer;
  const model = await tf.loadGraphModel({
    load: async () => ({
      format: 'graph-model',
      modelTopology: described.topology,
      signature: described.signature,
      weightSpecs: described.specs,
      weightData,
    }),
  });
  writeFrame(Buffer.alloc(0));  // It is ready.
  const shape = model.inputs[0].shape.slice(1);
  for (let batch = readFrame(); batch; batch = readFrame()) {
    const images = tf.tensor(floats(batch), [
      batch.byteLength / 4 / shape.reduce((a, b) => a * b), ...shape,
    ]);
    const output = model.predict(images);
    const values = await output.data();
    writeFrame(new Uint8Array(
        values.buffer, values.byteOffset, values.byteLength));
    tf.dispose([images, output]);
  }
}

main().catch((error) => {
  const [reason] = String(error.message).split("\n");
  fs.writeSync(2, `\n${error.name}: ${reason}\n`);
  process.exitCode = 1;
});
