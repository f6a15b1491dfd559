// Which page this is, and what all of them do: send when shown, when there is signal, and each minute.
const PAGES = {
  person: async () => { const visit = await mayAsk(); if (visit) person(visit); else go('/t/'); return {}; },
  curtain: async () => {
    const turned = await turnPages(), visit = await mayAsk();
    if (turned || !visit) go(turned ? '/t/curtain' : '/t/');
    else await curtain(visit);
    return { idle: true };
  },
  helper,
};
const renew = async () => {
  if (Date.now() - checked > 6e5) await getPages();
  if (await turnPages()) go('/t/curtain');
};
PAGES[says.page]().then(({ idle, update, tryToSend }) => {
  const again = async () => {
    if (doc.hidden) return;
    if (idle && !await mayAsk()) { go('/t/'); return; }
    if (tryToSend) await tryToSend();
    else await send();
    if (idle) await renew().catch(() => {});
  };
  addEventListener('online', again);
  doc.addEventListener('visibilitychange', again);
  setInterval(again, 60000);
  if (idle) renew().catch(() => {});
  if (update) setInterval(update, 2000);
}).catch(() => says.page !== 'helper' && go('/t/'));
