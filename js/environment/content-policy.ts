// The browser reports a Content-Security-Policy violation as an event besides the failure: this listens while something
// is tried.

/** Runs `work`; the second part names the policy directive that blocked something in the meantime, if any. */
export async function watchingPolicy<T>(
  work: () => Promise<T>,
  concerns: (blocked: string) => boolean,
): Promise<[T, string | undefined]> {
  let directive: string | undefined;
  const onViolation = (event: SecurityPolicyViolationEvent) => {
    if (concerns(event.blockedURI)) directive = event.effectiveDirective || event.violatedDirective;
  };
  const page = typeof document === "undefined" ? undefined : document;
  page?.addEventListener("securitypolicyviolation", onViolation);
  try {
    const result = await work();
    // The event is a task of its own, which may run after the failure.
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    return [result, directive];
  } finally {
    page?.removeEventListener("securitypolicyviolation", onViolation);
  }
}
