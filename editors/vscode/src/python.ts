// The interpreter that is chosen in the Python extension, if there is one.

import * as vscode from "vscode";

interface Environments {
  getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
  resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
}

async function environments(): Promise<Environments | undefined> {
  const python = vscode.extensions.getExtension("ms-python.python");
  try {
    return (python?.isActive ? python.exports : await python?.activate())?.environments;
  } catch {
    // Without its help everything works but the choice.
    return undefined;
  }
}

export async function interpreter(resource?: vscode.Uri): Promise<string | undefined> {
  const known = await environments();
  const chosen = known?.getActiveEnvironmentPath(resource);
  return chosen && (await known?.resolveEnvironment(chosen))?.executable.uri?.fsPath;
}

/** Calls back whenever another one is chosen. */
export async function onChoice(context: vscode.ExtensionContext, choose: () => void): Promise<void> {
  const known = await environments();
  if (known) {
    context.subscriptions.push(known.onDidChangeActiveEnvironmentPath(choose));
  }
}
