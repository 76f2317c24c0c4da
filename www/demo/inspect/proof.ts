// Tries to send a word to another host, and reports the browser's reaction. The document's policy must refuse it.

/** A host name that does not exist (RFC 2606). */
const ELSEWHERE = "https://example.invalid/";

export async function tryToSend(said: HTMLElement): Promise<void> {
  const refused: string[] = [];
  const note = ({ effectiveDirective }: SecurityPolicyViolationEvent) => refused.push(effectiveDirective);
  document.addEventListener("securitypolicyviolation", note);
  const sent: string[] = [];
  await fetch(ELSEWHERE, { method: "POST", body: "word", mode: "no-cors" }).then(
    () => sent.push("fetch"),
    () => undefined,
  );
  await new Promise<void>((resolve) => {
    const image = new Image();
    image.onload = () => {
      sent.push("image");
      resolve();
    };
    image.onerror = () => resolve();
    image.src = `${ELSEWHERE}?word`;
  });
  // The violation event is a task of its own.
  await new Promise((resolve) => setTimeout(resolve));
  document.removeEventListener("securitypolicyviolation", note);
  const directives = [...new Set(refused)].join(", ");
  said.textContent =
    sent.length > 0
      ? `Sent by ${sent.join(", ")}: the policy does not work here.`
      : refused.length > 0
        ? `Refused by the browser: ${directives}.`
        : "Nothing was sent; the browser did not say why.";
}
