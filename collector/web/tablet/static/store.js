// What stays on this tablet: sealed boxes, visits, and what the tablet knows of itself. Nothing else is ever stored.
let base;
const opened = () => base || (base = new Promise((yes, no) => {
  const ask = indexedDB.open('collector', 1);
  ask.onupgradeneeded = () => {
    ask.result.createObjectStore('boxes', { keyPath: 'id' });
    ask.result.createObjectStore('visits', { keyPath: 'id' });
    ask.result.createObjectStore('own');
  };
  ask.onsuccess = () => yes(ask.result);
  ask.onerror = () => { base = 0; no(ask.error); };
}));
// One transaction, done when it is on the disk. `work` gets the stores and may answer with a request.
const within = async (names, mode, work) => {
  const stands = await opened();
  return new Promise((yes, no) => {
    const act = stands.transaction(names, mode, { durability: 'strict' });
    let found;
    act.oncomplete = () => yes(found && found.result);
    act.onabort = () => no(act.error || new Error('storage'));
    found = work(...names.map((name) => act.objectStore(name)));
  });
};
const known = (name) => within(['own'], 'readonly', (own) => own.get(name));
const note = (name, value) => within(['own'], 'readwrite', (own) => own.put(value, name));
const visits = () => within(['visits'], 'readonly', (store) => store.getAll());
const waiting = () => within(['boxes'], 'readonly', (store) => store.count());
const present = async () => (await visits()).find((visit) => !visit.closed);
const pad = (number) => (number + 100 + '').slice(1);
const dayOf = (moment) => moment.getFullYear() + '-' + pad(moment.getMonth() + 1) + '-' + pad(moment.getDate());
// The day as this tablet's own clock has it; the server puts right what is wrong with that.
const today = () => dayOf(new Date());

// A visit begins, unless another tab has begun one; visits of which everything is told are let go.
const begin = (venue) => within(['visits', 'boxes'], 'readwrite', (store, boxes) => {
  store.getAll().onsuccess = (event) => {
    const all = event.target.result;
    if (all.some((visit) => !visit.closed)) return;
    boxes.count().onsuccess = (counted) => {
      if (!counted.target.result) all.filter((visit) => visit.told === told(visit)).forEach((visit) => store.delete(visit.id));
      store.put({ id: hex(chance(16)), venue, day: today(), closed: false, sealed: 0, said_no: null, arrived: 0, told: '' });
    };
  };
});
const told = (visit) => [visit.closed, visit.sealed, visit.said_no].join(' ');
const change = (id, how) => within(['visits'], 'readwrite', (store) => {
  store.get(id).onsuccess = (event) => event.target.result && store.put(Object.assign(event.target.result, how));
});
// A box and its count, both or neither. A visit that was let go meanwhile comes back, closed.
const lockAway = (visit, id, box) => within(['boxes', 'visits'], 'readwrite', (boxes, store) => {
  boxes.add({ id, visit: visit.id, box });
  store.get(visit.id).onsuccess = (event) => {
    const found = event.target.result || Object.assign({}, visit, { closed: true });
    found.sealed += 1;
    store.put(found);
  };
});
