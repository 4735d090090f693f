// Times as people say them.

const dayAndTime = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const exactly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Seconds -> "12 s", "3 min", "2 h". */
export function span(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** A Date and the present, both in milliseconds -> "just now", "3 min ago", "21 Nov, 14:03". */
export function ago(then, now) {
  const seconds = (now - then) / 1000;
  if (seconds < 5) return "just now";
  return seconds < 86400 ? `${span(seconds)} ago` : dayAndTime.format(then);
}

export const exact = (date) => exactly.format(date);
