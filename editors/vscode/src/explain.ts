// The pages of rules, as the program tells them.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";

const SCHEME = "aiterlint";
const run = promisify(execFile);

export class Pages implements vscode.TextDocumentContentProvider {
  /** The program that is asked; undefined when there is none. */
  program: string | undefined;

  constructor(context: vscode.ExtensionContext) {
    context.subscriptions.push(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const rule = uri.path.replace(/^\//, "").replace(/\.md$/, "");
    return this.ask(["explain", rule, "--output-format", "markdown"]);
  }

  /** Shows the page of a rule; asks which one if nobody says. */
  async show(rule?: string): Promise<void> {
    const chosen = rule ?? (await this.choose());
    if (chosen) {
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${chosen}.md` });
      await vscode.commands.executeCommand("markdown.showPreview", uri);
    }
  }

  private async choose(): Promise<string | undefined> {
    const rules: { name: string; summary: string }[] = JSON.parse(await this.ask(["rules", "--output-format", "json"]));
    const items = rules.map((rule) => ({ label: rule.name, detail: rule.summary }));
    return (await vscode.window.showQuickPick(items, { matchOnDetail: true }))?.label;
  }

  private async ask(args: string[]): Promise<string> {
    if (!this.program) {
      throw new Error("aiterlint does not run");
    }
    return (await run(this.program, args)).stdout;
  }
}
