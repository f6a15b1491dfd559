// Sending: what is sealed goes to the server as often as it can, one at a time, and is deleted only when it is said to be kept.
let most = 48000, sending = 0;
const some = async (room) => {
  const all = await within(['boxes'], 'readonly', (store) => store.getAll(null, 100)), found = [];
  for (const one of all) {
    room -= one.box.length + 80;
    if (room < 0 && found.length) break;
    found.push([one.id, one.visit, one.box]);
  }
  return found;
};
const post = async (path, body) => {
  const stop = new AbortController(), clock = setTimeout(() => stop.abort(), 60000);
  try {
    const answer = await fetch(path, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
      cache: 'no-store', redirect: 'error', signal: stop.signal,
    });
    return { status: answer.status, said: answer.ok ? await answer.json() : null };
  } finally { clearTimeout(clock); }
};
const settle = (sent, asked, said) => within(['boxes', 'visits'], 'readwrite', (boxes, store) => {
  sent.forEach((id) => boxes.delete(id));
  asked.forEach((visit) => {
    store.get(visit.id).onsuccess = (event) => {
      const now = event.target.result, [arrived] = said.visits[visit.id] || [0];
      if (now) store.put(Object.assign(now, { told: told(visit), arrived: Math.max(now.arrived, arrived) }));
    };
  });
});
// `greet` asks also when there is nothing to bring: whether this tablet may go on, and what the server's clock shows.
const batch = async (greet) => {
  const all = await visits(), room = most - 400 - 200 * all.length, boxes = await some(Math.max(room, 1000));
  const asked = all.filter((visit) => visit.told !== told(visit) || boxes.some(([, of]) => of === visit.id));
  if (!asked.length && !boxes.length && !greet) return 'done';
  const lines = asked.map(({ id, venue, day, closed, sealed, said_no }) => ({ id, venue, day, closed, sealed, said_no }));
  const { status, said } = await post('/t/sync', { clock: new Date().toISOString(), visits: lines, boxes });
  if (status === 413 && boxes.length > 1) { most = most / 2; return 'more'; }
  if (status === 401 || status === 403) { await note('stopped', true); return 'stopped'; }
  if (!said) return 'wait';
  const mine = boxes.map(([id]) => id), gone = said.kept.concat(said.aside.map(([id]) => id)).filter((id) => mine.includes(id));
  await settle(gone, asked, said);
  await note('late', Date.parse(said.now) - Date.now() || 0);
  await note('stopped', false);
  return boxes.length && !gone.length ? 'wait' : 'more';
};
const sendAll = async (greet) => {
  let how = 'more';
  try {
    for (let first = greet; how === 'more'; first = 0) how = await batch(first);
  } catch (error) { how = 'signal'; }
  return how;
};
const oneAtATime = (greet) => navigator.locks
  ? navigator.locks.request('send', { ifAvailable: true }, (lock) => lock ? sendAll(greet) : 'busy')
  : sendAll(greet);
const send = (greet) => sending || (sending = oneAtATime(greet).then((how) => { sending = 0; return how; }, () => { sending = 0; return 'signal'; }));
