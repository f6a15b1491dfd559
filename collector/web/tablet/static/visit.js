// Whether a person may be asked now: paired, opened once more, pages that still hold, a visit of this day.
const mayAsk = async () => {
  const visit = await present(), tablet = await known('tablet');
  if (!tablet || !visit || await known('stopped') || await past()) return null;
  if (visit.day === today()) return visit;
  await change(visit.id, { closed: true });
  return null;
};
