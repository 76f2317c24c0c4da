// WebKitGTK's own small browser, through its WebDriver, on its own screen: a real browser without EME.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts a program; rejects if it is not installed. */
function start(name, args, options) {
  const child = spawn(name, args, options);
  const started = new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child));
    child.once("error", () =>
      reject(new Error(`${name} is not installed. On Debian and Ubuntu: apt-get install webkit2gtk-driver xvfb`)),
    );
  });
  return started;
}

/** A virtual screen; it chooses its own number and reports it on a pipe. */
async function openScreen() {
  const child = await start("Xvfb", ["-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = await new Promise((resolve, reject) => {
    let text = "";
    child.stdio[3].on("data", (bytes) => {
      text += bytes;
      if (text.includes("\n")) resolve(`:${text.trim()}`);
    });
    child.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return { display, close: () => child.kill() };
}

/** @returns {Promise<{open(url: string): Promise<void>, run(body: string): Promise<unknown>, name: string, close(): Promise<void>}>} */
export async function openWebKit() {
  const screen = await openScreen();
  const port = await freePort();
  const env = {
    ...process.env,
    DISPLAY: screen.display,
    GDK_BACKEND: "x11",
    LIBGL_ALWAYS_SOFTWARE: "1",
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
  };
  const driver = await start("WebKitWebDriver", [`--port=${port}`], { env, stdio: "ignore" }).catch((error) => {
    screen.close();
    throw error;
  });
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${path}: ${value.message}`);
    return value;
  };
  let session;
  for (let attempt = 0; !session; attempt += 1) {
    try {
      session = await call("POST", "/session", { capabilities: { alwaysMatch: {} } });
    } catch (error) {
      if (attempt === 60) throw error;
      await pause(500); // the driver is not listening yet
    }
  }
  const root = `/session/${session.sessionId}`;
  return {
    name: `${session.capabilities.browserName} ${session.capabilities.browserVersion}`,
    open: (url) => call("POST", `${root}/url`, { url }),
    run: (body) =>
      call("POST", `${root}/execute/async`, {
        script: `const done = arguments[0]; (async () => { ${body} })().then(done, (error) => done("failed: " + error));`,
        args: [],
      }),
    async close() {
      await call("DELETE", root).catch(() => {});
      driver.kill();
      screen.close();
    },
  };
}
