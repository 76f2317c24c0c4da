// One side of the Error lab, in its own frame: players keep globals, and a bridge cannot be removed. The parent page
// calls `window.compare`. The query: `license` (the license server), `bridge` (its configuration as JSON), `eme=none`.
import type { Stage } from "./compare/stage.js";

export interface FrameWindow extends Window {
  compare?: Stage;
  failure?: string;
}

const parameters = new URLSearchParams(location.search);
const frame = window as FrameWindow & { __cdmBridge?: object };

/** Before any player looks for a CDM. */
async function prepare(): Promise<void> {
  if (parameters.get("eme") === "none")
    Object.defineProperty(Navigator.prototype, "requestMediaKeySystemAccess", { value: undefined });
  const bridge = parameters.get("bridge");
  if (bridge === null) return;
  frame.__cdmBridge = JSON.parse(bridge) as object;
  const script = document.createElement("script");
  script.src = "bridge/bridge.js";
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error("The CDM bridge could not be loaded."));
    document.head.append(script);
  });
}

prepare()
  .then(async () => {
    const { createStage } = await import("./compare/stage.js");
    const license = parameters.get("license");
    frame.compare = createStage({
      base: new URL(".", location.href).href,
      ...(license ? { host: license } : {}),
      video: document.querySelector("video")!,
    });
  })
  .catch((error: Error) => {
    frame.failure = error.message;
  });
