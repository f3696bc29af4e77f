// Files of sandboxes, read through the agent.

import {askAgent} from "./agent.js";
import {CallError} from "./master.js";
import {fromBase64} from "./recordio.js";

/** @returns {Promise<Array<{path: string, name: string, size: number, time: number, mode: number, owner: string}>>} */
export async function listFiles(agent, path, signal) {
  const answer = await askAgent(agent, {type: "LIST_FILES", list_files: {path}}, signal);
  return (answer.list_files?.file_infos ?? []).map((info) => ({
    path: info.path,
    name: info.path.split("/").at(-1),
    size: info.size ?? 0,
    time: (info.mtime?.nanoseconds ?? 0) / 1e9,
    mode: info.mode ?? 0,
    owner: info.uid ?? "",
  }));
}

/** A piece of a file, as much as one answer holds. @returns {Promise<{size: number, bytes: Uint8Array}>} */
export async function readFile(agent, path, offset, length, signal) {
  const answer = await askAgent(agent, {type: "READ_FILE", read_file: {path, offset, length}}, signal);
  const {size = 0, data = ""} = answer.read_file ?? {};
  return {size, bytes: fromBase64(data)};
}

/** As `readFile`; null if there is no such file. */
export async function readIfThere(agent, path, offset, length, signal) {
  try {
    return await readFile(agent, path, offset, length, signal);
  } catch (error) {
    if (error instanceof CallError && error.status === 404) return null;
    throw error;
  }
}

const FOLDER = 0o040000;
const LINK = 0o120000;
const KIND = 0o170000;

export const isFolder = ({mode}) => (mode & KIND) === FOLDER;
export const isLink = ({mode}) => (mode & KIND) === LINK;

/** As ls(1) shows it. */
export function modeText(mode) {
  const kind = {[FOLDER]: "d", [LINK]: "l"}[mode & KIND] ?? "-";
  return kind + [..."rwxrwxrwx"].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : "-")).join("");
}
