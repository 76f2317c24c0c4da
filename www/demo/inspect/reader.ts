// Calls the worker, or runs in the page if workers are unavailable. The worker is started from a blob, so that it has
// the page's policy: a worker from a file only has the policy that the server sends with that file, and file hosts send
// none.
import { scriptUrl } from "./trusted.js";
import type { Tools } from "./tools.js";
import type { Answered, Asked } from "./worker.js";

type Results = { [Name in keyof Tools]: ReturnType<Tools[Name]> };
interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
  asked: Asked;
}

let worker: Worker | undefined;
let failed = false;
let asked = 0;
const waiting = new Map<number, Waiting>();

function start(): Worker {
  const script = new URL("inspect-worker.js", location.href).href;
  const blob = URL.createObjectURL(new Blob([`import ${JSON.stringify(script)};`], { type: "text/javascript" }));
  const started = new Worker(scriptUrl(blob), { type: "module" });
  started.onmessage = ({ data: { id, result, error } }: MessageEvent<Answered>) => {
    const task = waiting.get(id);
    waiting.delete(id);
    if (error) task?.reject(Object.assign(new Error(error.message), error));
    else task?.resolve(result as never);
  };
  // It cannot be loaded: no module workers (Chromium before 80), or blocked.
  started.onerror = (event) => {
    event.preventDefault();
    failed = true;
    started.terminate();
    const tasks = Array.from(waiting.values());
    waiting.clear();
    for (const {
      resolve,
      reject,
      asked: { name, input },
    } of tasks)
      here(name, input).then((result) => resolve(result as never), reject);
  };
  return started;
}

async function here(name: keyof Tools, input: unknown): Promise<unknown> {
  const { init, tools } = await import("./tools.js");
  await init();
  return (tools[name] as (input: unknown) => unknown)(input);
}

export async function ask<Name extends keyof Tools>(
  name: Name,
  input: Parameters<Tools[Name]>[0],
): Promise<Results[Name]> {
  if (!failed) {
    try {
      worker ??= start();
    } catch {
      failed = true;
    }
  }
  if (failed || !worker) return here(name, input) as Promise<Results[Name]>;
  const task: Asked = { id: ++asked, name, input };
  return new Promise<Results[Name]>((resolve, reject) => {
    waiting.set(task.id, { resolve, reject, asked: task });
    worker?.postMessage(task);
  });
}
