// `node node.js TF_MIN_JS TFJS_JS`: files to run come as JSON, answers go so.
'use strict';

const fs = require('fs');

const [script, answers] = process.argv.slice(2);
globalThis.tf = require(script);
require(answers);

async function main() {
  if (!await tf.setBackend('cpu')) throw Error('no backend');
  const found = [];
  for (const given of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    found.push(await answer(given).catch((error) => String(error)));
  }
  fs.writeSync(1, JSON.stringify(found));
}

main();
