// A page that nobody sees lets go of its stream: browsers have but six connections to a host over HTTP/1.1, for all of their
// tabs and the pages that they keep to go back to.

/** So long a page may be hidden before it lets go, in milliseconds. */
const GRACE = 5000;

/** Why a stream was let go of. */
export class Hidden extends Error {}

/** Resolves when the page is seen. */
export function shown() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
  });
}

/**
 * Watches whether the page is seen.
 * @param {(reason: Hidden) => void} end called once the page has been hidden for a while, or is left.
 * @returns {() => void} ends that.
 */
export function whileShown(end) {
  let timer;
  const leave = () => end(new Hidden());
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(leave, GRACE);
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", leave);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
    removeEventListener("pagehide", leave);
  };
}
