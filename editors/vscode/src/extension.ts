// aiterlint in VS Code: finds the program, runs its language server, and says how it is.

import * as vscode from "vscode";
import {
  ConfigurationParams,
  ConfigurationRequest,
  LanguageClient,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";

import { Pages } from "./explain";
import { find } from "./program";
import { interpreter, onChoice } from "./python";

/** Settings that decide which program is run. */
const FINDING = ["aiterlint.path", "aiterlint.importStrategy"];

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("aiterlint", { log: true });
  const session = new Session(context, log);
  context.subscriptions.push(
    log,
    session,
    vscode.commands.registerCommand("aiterlint.restart", () => session.restart()),
    vscode.commands.registerCommand("aiterlint.showLog", () => log.show()),
    vscode.commands.registerCommand("aiterlint.explainRule", (rule?: string) => session.pages.show(rule)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => session.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (FINDING.some((setting) => change.affectsConfiguration(setting))) {
        void session.restart();
      }
    }),
  );
  await session.restart();
  // The environment may hold another program, and holds other packages.
  await onChoice(context, () => void session.restart());
}

class Session implements vscode.Disposable {
  readonly pages: Pages;
  private client: LanguageClient | undefined;
  private readonly status: vscode.LanguageStatusItem;
  /** Restarts happen one after the other. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.pages = new Pages(context);
    const selector = [{ language: "python" }];
    this.status = vscode.languages.createLanguageStatusItem("aiterlint", selector);
    this.status.name = "aiterlint";
    this.status.command = { command: "aiterlint.showLog", title: "Show Log" };
    this.say("aiterlint", "starting", true);
  }

  restart(): Promise<void> {
    this.last = this.last.then(async () => {
      await this.stop();
      await this.start();
    });
    return this.last;
  }

  private async start(): Promise<void> {
    const program = await find(this.context);
    if (typeof program === "string") {
      this.log.error(program);
      this.say("aiterlint", program, false, vscode.LanguageStatusSeverity.Error);
      void vscode.window.showErrorMessage(program);
      return;
    }
    this.log.info(`${program.path}, from ${program.from}`);
    this.pages.program = program.path;
    const client = new LanguageClient(
      "aiterlint",
      "aiterlint",
      { command: program.path, args: ["server"] },
      {
        documentSelector: [
          { scheme: "file", language: "python" },
          { scheme: "untitled", language: "python" },
          { scheme: "vscode-notebook-cell", language: "python" },
          // Hover over the names of rules.
          { scheme: "file", pattern: "**/{aiterlint,pyproject}.toml" },
        ],
        outputChannel: this.log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        initializationOptions: { settings: vscode.workspace.getConfiguration("aiterlint") },
        middleware: {
          executeCommand: (command, args, next) =>
            command === "aiterlint.explain" ? this.pages.show(args[0]) : next(command, args),
          workspace: { configuration: (params, token, next) => withPython(params, token, next) },
        },
      },
    );
    client.onDidChangeState(({ newState }) => {
      switch (newState) {
        case State.Starting:
          return this.say("aiterlint", "starting", true);
        case State.Running:
          return this.say(`aiterlint ${client.initializeResult?.serverInfo?.version ?? ""}`, program.path, false);
        case State.Stopped:
          return this.say("aiterlint", "stopped", false, vscode.LanguageStatusSeverity.Warning);
      }
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.log.error(`${program.path} does not start: ${error}`);
      this.say("aiterlint", "does not start", false, vscode.LanguageStatusSeverity.Error);
    }
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn(`the server did not end properly: ${error}`);
    }
  }

  private say(
    text: string,
    detail: string,
    busy: boolean,
    severity = vscode.LanguageStatusSeverity.Information,
  ): void {
    Object.assign(this.status, { text, detail, busy, severity });
  }

  async dispose(): Promise<void> {
    this.status.dispose();
    await this.stop();
  }
}

/** The settings that the server asks for, with the chosen interpreter where nobody names one. */
async function withPython(
  params: ConfigurationParams,
  token: vscode.CancellationToken,
  next: ConfigurationRequest.HandlerSignature,
): Promise<unknown[]> {
  const answer = await next(params, token);
  if (!Array.isArray(answer)) {
    return [];
  }
  return Promise.all(
    answer.map(async (settings: Record<string, unknown> | null, index) => {
      const scope = params.items[index]?.scopeUri;
      if (!vscode.workspace.isTrusted || settings?.python) {
        return settings;
      }
      return { ...settings, python: (await interpreter(scope ? vscode.Uri.parse(scope) : undefined)) ?? null };
    }),
  );
}
