// Where the program is.
//
// A workspace that nobody trusts may bring an interpreter and settings of its own: there, only the program that came
// with the extension is run.

import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";

import { interpreter } from "./python";

const NAME = process.platform === "win32" ? "aiterlint.exe" : "aiterlint";

export interface Program {
  path: string;
  /** How it was found, for the log. */
  from: string;
}

/** The program, or why there is none. */
export async function find(context: vscode.ExtensionContext): Promise<Program | string> {
  const bundled = context.asAbsolutePath(path.join("bundled", NAME));
  const settings = vscode.workspace.getConfiguration("aiterlint");
  if (vscode.workspace.isTrusted) {
    const named = settings.get<string>("path", "");
    if (named !== "") {
      const whole = absolute(named);
      return isFile(whole)
        ? { path: whole, from: "the setting aiterlint.path" }
        : `aiterlint.path names ${whole}, and there is no such file.`;
    }
    if (settings.get<string>("importStrategy") !== "useBundled") {
      const python = await interpreter(vscode.workspace.workspaceFolders?.[0]?.uri);
      const beside = python && path.join(path.dirname(python), NAME);
      if (beside && isFile(beside)) {
        return { path: beside, from: "the environment of the chosen interpreter" };
      }
      for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
        if (folder !== "" && isFile(path.join(folder, NAME))) {
          return { path: path.join(folder, NAME), from: "PATH" };
        }
      }
    }
  }
  if (isFile(bundled)) {
    return { path: bundled, from: "the extension" };
  }
  return vscode.workspace.isTrusted
    ? "aiterlint is not installed: `pip install aiterlint`, or name the program in aiterlint.path."
    : "This workspace is not trusted, and no aiterlint came with the extension.";
}

function absolute(named: string): string {
  const home = process.env.HOME ?? process.env.USERPROFILE ?? "";
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const whole = named.replace("${workspaceFolder}", folder).replace(/^~(?=$|[/\\])/, home);
  return path.resolve(folder, whole);
}

function isFile(name: string): boolean {
  try {
    return fs.statSync(name).isFile();
  } catch {
    return false;
  }
}
