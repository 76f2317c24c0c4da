// Tries to send a word to another host, and says what the browser made of it. The policy of the document has to refuse.

/** A name that leads nowhere (RFC 2606). */
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
  // The event of a refusal comes as a task of its own.
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
