// The base of what sends events. `new EventTarget()` came with Chromium 64: before, another object that has listeners takes its
// place, under the prototype of the class that extends it.

function constructible() {
  try {
    return Boolean(new EventTarget());
  } catch (_error) {
    return false;
  }
}

function StandIn() {
  return Object.setPrototypeOf(new XMLHttpRequest(), new.target.prototype);
}
StandIn.prototype = EventTarget.prototype;

export const Target = constructible() ? EventTarget : StandIn;
