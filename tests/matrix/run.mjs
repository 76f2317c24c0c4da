// Runs cells, one at a time: each in a fresh project.
import { readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { freshProject, nodeFolder } from "./install.mjs";
import { Project } from "./project.mjs";

const cellsFolder = fileURLToPath(new URL("cells", import.meta.url));

/**
 * `name`: for --only. `tool`: of TOOLS (tools.mjs). `files`: folders of projects/. `manifest`: more for package.json.
 * `prepare`: shared by all rows, for example a build. `rows`: by title. `needs`: required configuration (NEEDS in
 * docs.mjs).
 * @typedef {{name: string, title: string, tool: string, files: string[], manifest?: object, needs?: string,
 *   prepare?: (project: Project) => Promise<unknown>, rows: Record<string, (project: Project, prepared: any) => Promise<void>>}} Cell
 */

/** @returns {Promise<Cell[]>} in the order of the table */
export async function readCells() {
  const files = readdirSync(cellsFolder).sort();
  const lists = await Promise.all(files.map((name) => import(pathToFileURL(`${cellsFolder}/${name}`).href)));
  return lists.flatMap((list) => list.default);
}

const firstLine = (error) => `${error.message}`.split("\n").filter(Boolean).slice(0, 1).join(" ");

/** @param {Cell} cell @returns {Promise<{title: string, error?: string}[]>} each row, and why it failed */
export async function runCell(cell, packed) {
  const node = await nodeFolder();
  const project = new Project(cell.name, await freshProject(cell.tool, cell.files, packed, cell.manifest), node);
  const rows = [];
  try {
    const prepared = await cell.prepare?.(project);
    for (const [title, row] of Object.entries(cell.rows)) {
      const error = await row(project, prepared).then(() => undefined, firstLine);
      rows.push({ title, error });
    }
  } catch (error) {
    rows.push(...Object.keys(cell.rows).map((title) => ({ title, error: firstLine(error) })));
  }
  const [warning] = await project.close();
  return warning ? rows.map((row) => ({ ...row, error: row.error ?? `warns: ${warning}` })) : rows;
}
