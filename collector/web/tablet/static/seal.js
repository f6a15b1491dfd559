// Sealing: RFC 9180 base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, with what browsers have built in.
const subtle = self.crypto && crypto.subtle;
const coded = (text) => new TextEncoder().encode(text);
const joined = (...pieces) => {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  pieces.reduce((at, piece) => { whole.set(piece, at); return at + piece.length; }, 0);
  return whole;
};
const hex = (bytes) => [...bytes].map((byte) => (byte + 256).toString(16).slice(1)).join('');
const chance = (length) => crypto.getRandomValues(new Uint8Array(length));
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).split('+').join('-').split('/').join('_').split('=').join('');
const unbase64url = (text) => Uint8Array.from(atob(text.split('-').join('+').split('_').join('/')), (letter) => letter.charCodeAt(0));
const sha256 = async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes));

const KEM = joined(coded('KEM'), new Uint8Array([0, 16]));
const SUITE = joined(coded('HPKE'), new Uint8Array([0, 16, 0, 1, 0, 2]));
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const NONE = new Uint8Array(0);

const hmac = async (key, bytes) => {
  const made = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', made, bytes));
};
// An empty salt is one of zeros; what is expanded is never longer than one hash.
const extract = (suite, salt, label, bytes) =>
  hmac(salt.length ? salt : new Uint8Array(32), joined(coded('HPKE-v1'), suite, coded(label), bytes));
const expand = async (suite, secret, label, context, length) =>
  (await hmac(secret, joined(new Uint8Array([0, length]), coded('HPKE-v1'), suite, coded(label), context, new Uint8Array([1])))).slice(0, length);

const schedule = async (point, info, pair) => {
  const theirs = await subtle.importKey('raw', point, CURVE, false, []);
  const enc = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  const bits = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: theirs }, pair.privateKey, 256));
  const shared = await expand(KEM, await extract(KEM, NONE, 'eae_prk', bits), 'shared_secret', joined(enc, point), 32);
  const named = await extract(SUITE, NONE, 'psk_id_hash', NONE), about = await extract(SUITE, NONE, 'info_hash', info);
  const context = joined(new Uint8Array([0]), named, about), secret = await extract(SUITE, shared, 'secret', NONE);
  const key = await expand(SUITE, secret, 'key', context, 32), nonce = await expand(SUITE, secret, 'base_nonce', context, 12);
  return { enc, key, nonce };
};

// A box: 0x01, eight bytes that name the key, the one-time point, what is sealed.
const seal = async (point, visit, id, text) => {
  const info = joined(coded('collector answer 1'), new Uint8Array([0]), coded(visit), new Uint8Array([0]), coded(id));
  const { enc, key, nonce } = await schedule(point, info, await subtle.generateKey(CURVE, true, ['deriveBits']));
  const made = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const inside = coded(text), padded = new Uint8Array(Math.ceil(inside.length / 512) * 512).fill(32);
  padded.set(inside);
  const sealed = new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv: nonce }, made, padded));
  return joined(new Uint8Array([1]), (await sha256(point)).slice(0, 8), enc, sealed);
};

// The number with which a person takes their answers back: 53 bits of the key's hash, as 16 digits.
const receipt = async (key) => {
  const first = await sha256(joined(coded('receipt'), key));
  const number = first.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) * 32 + (first[6] >> 3);
  return String(number).padStart(16, '0').match(/.{4}/g).join(' ');
};
