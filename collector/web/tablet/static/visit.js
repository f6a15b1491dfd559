// Whether a person may be asked now: paired, opened once more, pages that still hold, a visit of this day.
const mayAsk = async () => {
  const visit = await present();
  if (visit && visit.day !== today()) await change(visit.id, { closed: true });
  else if (visit && await known('tablet') && !await known('stopped') && !await past()) return visit;
  return null;
};
