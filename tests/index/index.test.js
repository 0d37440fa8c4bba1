// What the page of all operations has to do, in a browser.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { PAGE, faint, open, picture, shown, start } from './browser.js';

let browser;
before(async () => (browser = await start()));
after(() => browser?.close());

const EXECUTE = ['execute-pipeline', 'postPipelineExecuteWithInputSetList', 'postPipelineExecuteWithInputSetYaml'];

/** What has the focus: the id of its operation, or of itself. */
const focused = (page) =>
  page.evaluate(() => document.activeElement.closest('#results > li')?.entry.id ?? document.activeElement.id);
const count = (page) => page.$eval('#count', (element) => element.textContent);
const opened = (page) => page.$$eval('#results [aria-expanded="true"]', (all) => all.map((b) => b.closest('li').entry.id));
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
const type = async (page, text) => {
  await page.keyboard.press('/');
  await page.keyboard.type(text);
};

test('it opens as a file, asks for nothing else, and shows every operation', async () => {
  const { page, faults, requests } = await open(browser);
  const listed = await page.$eval('#operations', (data) =>
    JSON.parse(data.textContent).modules.flatMap(([, , rows]) => rows.map(([id]) => id)),
  );
  assert.ok(listed.length > 2_000, `${listed.length} operations`);
  assert.equal(await count(page), `${listed.length.toLocaleString('en')} operations`);
  // The end of the list loads more, until all are there.
  await page.waitForFunction((all) => {
    scrollTo(0, document.body.scrollHeight);
    return document.querySelectorAll('#results > li').length === all;
  }, { polling: 50 }, listed.length);
  assert.deepEqual(await shown(page, listed.length), listed);
  assert.deepEqual(requests, [PAGE]);
  assert.deepEqual(faults, []);
  await page.close();
});

test('words find operations, the meant ones first', async () => {
  const { page, faults } = await open(browser);
  await type(page, 'execute pipeline');
  assert.deepEqual((await shown(page, 3)).sort(), EXECUTE);
  const meant = {
    'pipelines execute': 'execute-pipeline',
    'create project secret': 'create-project-scoped-secret',
    '/v1/orgs': 'create-organization',
    list_policies: 'policies#list',
    'delete /v1/orgs/{org}': 'delete-organization',
  };
  for (const [query, id] of Object.entries(meant)) {
    await page.$eval('#query', (box) => (box.value = ''));
    await type(page, query);
    const first = await shown(page, 5);
    assert.ok(first.includes(id), `${query}: ${first}`);
  }
  await type(page, ' zzzz');
  assert.deepEqual(await shown(page), []);
  assert.ok(await page.$eval('#none', (none) => none.checkVisibility()));
  assert.deepEqual(faults, []);
  await page.close();
});

test('a filter leaves one module or one method', async () => {
  const { page, faults } = await open(browser);
  await page.select('#module', 'audit');
  const all = await page.$$eval('#results > li', (items) => items.map(({ entry }) => entry.module));
  assert.ok(all.length > 5);
  assert.deepEqual([...new Set(all)], ['audit']);
  assert.match(await count(page), new RegExp(`^${all.length} of `));
  await page.select('#method', 'DELETE');
  const both = await page.$$eval('#results > li', (items) => items.map(({ entry }) => `${entry.module} ${entry.method}`));
  assert.ok(both.length > 0 && both.length < all.length);
  assert.deepEqual([...new Set(both)], ['audit DELETE']);
  assert.deepEqual(faults, []);
  await page.close();
});

test('the keyboard is enough', async () => {
  const { page, faults } = await open(browser);
  await type(page, 'execute pipeline');
  assert.equal(await focused(page), 'query');
  const [first, second] = await shown(page, 2);
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(page), first);
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(page), second);
  await page.keyboard.press('Enter');
  assert.deepEqual(await opened(page), [second]);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  assert.deepEqual(await opened(page), [first]);
  await page.keyboard.press('Escape');
  assert.deepEqual(await opened(page), []);
  assert.equal(await focused(page), first);
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(page), 'query');
  // From the search, Enter opens the best one, and Escape leads back and empties the search.
  await page.keyboard.press('Enter');
  assert.deepEqual(await opened(page), [first]);
  for (const _ of ['close', 'back to the search', 'empty it']) await page.keyboard.press('Escape');
  assert.equal(await page.$eval('#query', (box) => box.value), '');
  assert.equal(await focused(page), 'query');
  assert.deepEqual(faults, []);
  await page.close();
});

test('the call is copied, by the button and by a key', async () => {
  const { page, faults } = await open(browser, '#open=execute-pipeline&q=execute+pipeline');
  const call = 'harness.raw().pipeline().execute_pipeline(org, project, pipeline).send().await?';
  await page.click('.copy');
  await page.waitForFunction(() => document.getElementById('toast').textContent === 'Copied the call');
  assert.equal(await clipboard(page), call);
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.focus('#results [aria-expanded="true"]');
  await page.keyboard.press('c');
  await page.waitForFunction(async () => (await navigator.clipboard.readText()) !== '');
  assert.equal(await clipboard(page), call);
  assert.deepEqual(faults, []);
  await page.close();
});

test('the address keeps what is searched and opened', async () => {
  const { page, faults } = await open(browser);
  await page.select('#module', 'pipeline');
  await type(page, 'execute pipeline');
  await page.keyboard.press('Enter');
  const [id] = await opened(page);
  await page.waitForFunction((id) => location.hash.includes(`open=${id}`), {}, id);
  const before = await shown(page);
  const address = page.url();
  await page.reload();
  assert.deepEqual(await shown(page), before);
  assert.deepEqual(await opened(page), [id]);
  assert.equal(await page.$eval('#query', (box) => box.value), 'execute pipeline');
  assert.equal(await page.$eval('#module', (box) => box.value), 'pipeline');
  assert.equal(page.url(), address);
  // A value that means nothing is no fault.
  await page.evaluate(() => (location.hash = 'module=nowhere&open=nothing'));
  await page.waitForFunction(() => document.getElementById('query').value === '');
  assert.deepEqual(await opened(page), []);
  assert.deepEqual(faults, []);
  await page.close();
});

test('text of a description is neither markup nor code', async () => {
  const evil = `</script><img src=x onerror="evil = 1"><script>evil = 1</script>'"\\\u2028{{evil}} javascript:evil=1 `;
  const poisoned = (value) => {
    if (Array.isArray(value)) return value.map(poisoned);
    if (value && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, poisoned(member)]));
    }
    return typeof value === 'string' ? evil + value : value;
  };
  const page = await readFile(new URL(PAGE), 'utf8');
  const [before, rest] = page.split('<script id="operations" type="application/json">');
  const end = rest.indexOf('</script>');
  // As the generator writes it.
  const data = JSON.stringify(poisoned(JSON.parse(rest.slice(0, end)))).replaceAll('<', '\\u003c');
  const folder = await mkdtemp(join(tmpdir(), 'index-'));
  const file = join(folder, 'page.html');
  await writeFile(file, `${before}<script id="operations" type="application/json">${data}${rest.slice(end)}`);
  const { page: tab, faults, requests } = await open(browser);
  requests.length = 0;
  await tab.goto(`file://${file}`);
  await type(tab, 'evil img');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#results [aria-expanded="true"]');
  assert.equal(await tab.evaluate(() => typeof globalThis.evil), 'undefined');
  assert.equal(await tab.$$eval('main img, main script, [onerror]', (all) => all.length), 0);
  assert.ok((await tab.$eval('#results .details', (panel) => panel.textContent)).includes(evil));
  const links = await tab.$$eval('#results a', (all) => all.map((link) => link.protocol));
  assert.deepEqual(links, ['https:']);
  assert.deepEqual(requests, [`file://${file}`]);
  assert.deepEqual(faults, []);
  await rm(folder, { recursive: true });
});

test('everything can be read, in light and in dark', async () => {
  const background = {};
  for (const scheme of ['light', 'dark']) {
    const { page, faults } = await open(browser, '#q=execute+pipeline&open=execute-pipeline', scheme);
    const { looked, faint: found } = await faint(page, 4.5);
    assert.ok(looked > 100, `${looked} texts`);
    assert.deepEqual(found, [], scheme);
    background[scheme] = await page.$eval('body', (body) => getComputedStyle(body).backgroundColor);
    await picture(page, scheme);
    assert.deepEqual(faults, []);
    await page.close();
  }
  assert.notEqual(background.light, background.dark);
});

test('everything that is used has a role and a name', async () => {
  const { page } = await open(browser, '#q=execute+pipeline&open=execute-pipeline');
  const unnamed = [];
  const roles = {};
  const visit = (node) => {
    roles[node.role] = (roles[node.role] ?? 0) + 1;
    const used = ['searchbox', 'combobox', 'button', 'link', 'region', 'list', 'table'].includes(node.role);
    if (used && !node.name) unnamed.push(node);
    node.children?.forEach(visit);
  };
  visit(await page.accessibility.snapshot({ interestingOnly: false }));
  assert.deepEqual(unnamed, []);
  for (const role of ['searchbox', 'search', 'main', 'list', 'region', 'table', 'status']) assert.ok(roles[role], role);
  assert.equal(roles.combobox, 2);
  await page.close();
});

test('a search takes no time that is felt', async () => {
  const { page } = await open(browser);
  const times = await page.evaluate(() => {
    const box = document.getElementById('query');
    return ['e', 'get', 'pipeline', 'execute pipeline', 'list all connectors of project'].map((query) => {
      const start = performance.now();
      box.value = query;
      box.dispatchEvent(new Event('input'));
      return performance.now() - start;
    });
  });
  assert.ok(Math.max(...times) < 250, `milliseconds: ${times}`);
  await page.close();
});
