// Arrow keys move the focus to the next control in their direction, for TV remotes. On other devices they scroll as
// usual until a control has keyboard focus.

const CONTROLS =
  "a[href], button:not(:disabled), select:not(:disabled), input:not(:disabled), textarea:not(:disabled), summary, video[controls], [tabindex='0']";
const DIRECTIONS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** A remote has no pointer. The names are from the user agents of Tizen, webOS, Android TV, Fire TV and consoles. */
const isTv = /\b(Tizen|Web0S|SMART-TV|SmartTV|BRAVIA|Android TV|AFT[A-Z]|CrKey|Xbox|PlayStation)\b/i.test(
  navigator.userAgent,
);

/**
 * Elements that use arrow keys themselves. Widgets that handle a key prevent its default, also at their ends if the
 * focus should stay.
 */
function keepsArrow(target: Element, key: string): boolean {
  const vertical = key === "ArrowUp" || key === "ArrowDown";
  if (target.closest("[role='listbox'], [role='grid'], [data-own-arrows]")) return true;
  if (target.closest("[role='tablist']")) return !vertical;
  if (vertical && scrolls(target, key === "ArrowDown")) return true;
  // A remote opens a list with OK; a keyboard changes it with its arrows.
  if (target.matches("select, input[type='number']")) return vertical && !isTv;
  // A remote must also be able to leave an element that uses all four.
  if (target.matches("video, input[type='radio'], input[type='range']")) return !(vertical && isTv);
  if (target instanceof HTMLTextAreaElement) {
    // Leaves a text field at the ends of its text.
    const [before, after] = [
      target.selectionStart === 0 && target.selectionEnd === 0,
      target.selectionStart === target.value.length,
    ];
    return !((key === "ArrowUp" && before) || (key === "ArrowDown" && after));
  }
  return (
    target instanceof HTMLInputElement &&
    !vertical &&
    !target.matches("[type='checkbox'], [type='button'], [type='submit'], [type='file']")
  );
}

/** A region that can still be scrolled. */
function scrolls(target: Element, down: boolean): boolean {
  const { scrollTop, scrollHeight, clientHeight } = target;
  if (
    target instanceof HTMLTextAreaElement ||
    scrollHeight <= clientHeight + 1 ||
    !/auto|scroll/.test(getComputedStyle(target).overflowY)
  )
    return false;
  return down ? scrollTop + clientHeight < scrollHeight - 1 : scrollTop > 0;
}

/** The distance of a control in a direction; sideways distance counts double. */
function distance(from: DOMRect, to: DOMRect, [x, y]: [number, number]): number | undefined {
  const dx = (to.left + to.right - from.left - from.right) / 2;
  const dy = (to.top + to.bottom - from.top - from.bottom) / 2;
  const along = x
    ? x > 0
      ? to.left - from.right
      : from.left - to.right
    : y > 0
      ? to.top - from.bottom
      : from.top - to.bottom;
  if (along < -1) return undefined;
  const overlaps = x ? to.top < from.bottom && to.bottom > from.top : to.left < from.right && to.right > from.left;
  return along + (overlaps ? 0 : 2 * Math.abs(x ? dy : dx)) + Math.abs(x ? dy : dx) / 100;
}

function next(from: Element, direction: [number, number]): HTMLElement | undefined {
  const place = from.getBoundingClientRect();
  let best: HTMLElement | undefined;
  let least = Infinity;
  for (const control of Array.from(document.querySelectorAll<HTMLElement>(CONTROLS))) {
    const rect = control.getBoundingClientRect();
    if (
      control === from ||
      control.tabIndex < 0 ||
      rect.width === 0 ||
      getComputedStyle(control).visibility === "hidden"
    )
      continue;
    const far = distance(place, rect, direction);
    if (far !== undefined && far < least) [best, least] = [control, far];
  }
  return best;
}

export function startArrows(): void {
  document.addEventListener("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const target = document.activeElement;
    if (!target || target === document.body || target.matches("main")) {
      if (!isTv) return;
      const controls = Array.from(document.querySelectorAll<HTMLElement>(CONTROLS)).filter(
        (control) => control.getBoundingClientRect().width > 0,
      );
      (controls.find((control) => control.closest("main")) ?? controls[0])?.focus();
      event.preventDefault();
      return;
    }
    if (keepsArrow(target, event.key)) return;
    const found = next(target, direction);
    if (!found) return;
    found.focus();
    event.preventDefault();
  });
}
