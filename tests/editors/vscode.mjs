// Drives VS Code in a browser: squiggles, the list of problems, the story, a quick fix, what is then on disk, a notebook
// and what saving it mends, the page of a rule, and findings in files that are not open.
// Prints one line of JSON for each thing seen.
//
//   node vscode.mjs URL FOLDER SCREENSHOT

import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const { chromium } = createRequire(process.env.AITERLINT_PLAYWRIGHT + '/')('playwright-core');
const [url, folder, screenshot] = process.argv.slice(2);
const say = (what, value) => console.log(JSON.stringify({ [what]: value }));

const browser = await chromium.launch({
  executablePath: process.env.AITERLINT_CHROMIUM,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 900, height: 680 } });
page.setDefaultTimeout(30000);
try {
  await page.goto(`${url}/?folder=${folder}`, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('.explorer-folders-view');
  await page.getByRole('treeitem', { name: /a\.py/ }).dblclick();
  await page.waitForSelector('.squiggly-warning, .squiggly-error');
  say('squiggles', await page.locator('.squiggly-warning, .squiggly-error').count());

  await page.keyboard.press('Control+Shift+M');
  await page.waitForSelector('.markers-panel .monaco-list-row');
  const rows = () => page.locator('.markers-panel .monaco-list-row').allInnerTexts();
  while (!(await rows()).join().includes('made here')) {
    await page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'used up: nothing' }).click();
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(200);
  }
  say('problems', await rows());

  // The quick fix of the first finding, by keys alone.
  await page.locator('.monaco-editor .view-line').first().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('F8');
  await page.waitForTimeout(500);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+.');
  await page.waitForSelector('.action-widget .action');
  say('actions', await page.locator('.action-widget .action').allInnerTexts());
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.squiggly-error').length === 0);
  await page.keyboard.press('Control+s');
  const fixedOnDisk = async (name) => {
    const text = () => readFileSync(path.join(folder, name), 'utf8');
    for (let left = 100; left > 0 && text().includes('async def __aiter__'); left--) {
      await page.waitForTimeout(100);
    }
    return text();
  };
  say('saved', await fixedOnDisk('a.py'));

  // Keys do not always reach the editor: a page that has just been shown may hold them back.
  const tab = (name) => page.locator('.tabs-container .tab').filter({ hasText: name });
  const close = async (name) => {
    await tab(name).locator('.tab-actions .action-label').click();
    await tab(name).waitFor({ state: 'detached' });
  };

  // A finding in one cell of a notebook about what another one defines.
  await page.getByRole('treeitem', { name: /n\.ipynb/ }).dblclick();
  await page.waitForSelector('.notebookOverlay .cell-list-container');
  await page.waitForSelector('.notebookOverlay .squiggly-error, .notebookOverlay .squiggly-warning');
  const inNotebook = page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'sync-for-over-async' });
  await inNotebook.first().waitFor();
  say('notebook', await inNotebook.allInnerTexts());
  // What can be fixed in any of the cells is, when the notebook is saved.
  await page.keyboard.press('Control+s');
  say('notebook saved', await fixedOnDisk('n.ipynb'));
  await close('n.ipynb');

  // The page of a rule, by the command.
  const command = async (name) => {
    await page.keyboard.press('F1');
    await page.waitForSelector('.quick-input-widget input');
    await page.keyboard.type(name);
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().click();
  };
  await command('aiterlint: Explain a Rule');
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'aiter-is-coroutine' }).waitFor();
  await page.keyboard.type('reuse-exhausted');
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'reuse-exhausted' }).first().click();
  await tab('reuse-exhausted').waitFor();
  say('explained', true);
  await close('reuse-exhausted');

  // A picture for the README, after a restart of the server.
  await command('aiterlint: Restart Server');
  // The story of a finding, and what can be done.
  await page.getByRole('treeitem', { name: /feed\.py/ }).dblclick();
  await page.waitForSelector('.squiggly-warning');
  await page.keyboard.press('Control+b');
  await page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'used up: nothing' }).first().click();
  await page.keyboard.press('ArrowRight');
  await page.locator('.monaco-editor .view-line').first().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('F8');
  await page.waitForTimeout(500);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+.');
  await page.waitForSelector('.action-widget .action');
  await page.waitForTimeout(500);
  await page.screenshot({ path: screenshot });
  await page.keyboard.press('Escape');

  // Findings in a file that nobody has opened, when the user wants to see those of all files.
  mkdirSync(path.join(folder, '.vscode'));
  writeFileSync(path.join(folder, '.vscode/settings.json'), '{"aiterlint.diagnosticMode": "workspace"}');
  await page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'closed.py' }).first().waitFor();
  say('workspace', true);
} catch (error) {
  await page.screenshot({ path: screenshot + '.failed.png' });
  say('failed', String(error));
  process.exitCode = 1;
} finally {
  await browser.close();
}
