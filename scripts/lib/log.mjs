// Messages of the scripts: one line per step, plain text, no colors (a log looks the same).
const started = Date.now();

export function seconds(ms) {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
export const elapsed = () => seconds(Date.now() - started);
export const log = (text) => process.stdout.write(`${text}\n`);
export const step = (text) => log(`• ${text}`);

/** A problem that the user can fix: printed without a stack. */
export class UserError extends Error {
  constructor(message, hint) {
    super(message);
    this.name = "UserError";
    this.hint = hint;
  }
}

/** Runs a script's main function; a UserError is explained, anything else keeps its stack. */
export async function main(body) {
  try {
    const code = await body();
    if (typeof code === "number") process.exitCode = code;
  } catch (error) {
    if (error instanceof UserError)
      process.stderr.write(`\n${error.message}\n${error.hint ? `→ ${error.hint}\n` : ""}`);
    else process.stderr.write(`\n${error?.stack ?? error}\n`);
    process.exitCode = 1;
  }
}

/** `rows` of equal length as aligned columns; numbers are right-aligned. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          typeof cell === "number" ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
