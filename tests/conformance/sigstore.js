// Checks a Sigstore bundle with a public key, by Sigstore's own packages.
//
// node sigstore.js BUNDLE KEY prints what was signed.

const crypto = require('crypto');
const fs = require('fs');

const {bundleFromJSON} = require('@sigstore/bundle');
const {Verifier, toSignedEntity} = require('@sigstore/verify');

const [bundlePath, keyPath] = process.argv.slice(2);
const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(bundlePath)));
const key = crypto.createPublicKey(fs.readFileSync(keyPath));
const trusted = {
  certificateAuthorities: [],
  timestampAuthorities: [],
  tlogs: [],
  ctlogs: [],
  publicKey: () => ({publicKey: key, validFor: () => true}),
};
// There is no log of signatures without a network.
const none = {tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0};
new Verifier(trusted, none).verify(toSignedEntity(bundle));
process.stdout.write(bundle.content.dsseEnvelope.payload);
