// Drives VS Code in a browser: squiggles, the list of problems, the story, a quick fix, and what is then on disk.
// Prints one line of JSON for each thing seen.
//
//   node vscode.mjs URL FOLDER SCREENSHOT

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
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
  const file = path.join(folder, 'a.py');
  for (let left = 100; left > 0 && readFileSync(file, 'utf8').includes('async def __aiter__'); left--) {
    await page.waitForTimeout(100);
  }
  say('saved', readFileSync(file, 'utf8'));

  // A finding in one cell of a notebook about what another one defines.
  await page.getByRole('treeitem', { name: /n\.ipynb/ }).dblclick();
  await page.waitForSelector('.notebookOverlay .cell-list-container');
  await page.waitForSelector('.notebookOverlay .squiggly-error, .notebookOverlay .squiggly-warning');
  const inNotebook = page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'sync-for-over-async' });
  await inNotebook.first().waitFor();
  say('notebook', await inNotebook.allInnerTexts());
  await page.keyboard.press('Control+F4');

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
  await page.locator('.tabs-container .tab').filter({ hasText: 'reuse-exhausted' }).waitFor();
  say('explained', true);
  await page.keyboard.press('Control+F4');

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
} catch (error) {
  await page.screenshot({ path: screenshot + '.failed.png' });
  say('failed', String(error));
  process.exitCode = 1;
} finally {
  await browser.close();
}
