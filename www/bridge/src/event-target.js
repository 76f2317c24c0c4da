// The base class of event targets. `new EventTarget()` needs Chromium 64: older engines use another object that has
// listeners, with the prototype of the class that extends it.

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
