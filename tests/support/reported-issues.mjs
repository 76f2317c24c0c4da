// What docs/reported-issues.md lists: what users report, how near to a viewer's machine it is tested, and by which
// tests.
import { readFileSync } from "node:fs";

const FILE = new URL("../../docs/reported-issues.md", import.meta.url);

/** @returns {{report: string, level: string, reason?: string, tests: {file: string, title: string}[]}[]} in their order */
export function reportedIssues() {
  const rows = readFileSync(FILE, "utf8").matchAll(/^\| \d+ \| (.*) \|$/gm);
  return Array.from(rows, ([, row]) => {
    const [report, , tested, tests] = row.split(" | ");
    const [level, reason] = tested.split(/: (.*)/);
    const links = tests.matchAll(/\]\(\.\.\/([^)]+)\): (.+?)(?=<br>|$)/g);
    return { report, level, reason, tests: Array.from(links, ([, file, title]) => ({ file, title })) };
  });
}
