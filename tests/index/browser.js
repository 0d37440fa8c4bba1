// The page in a headless Chromium, opened as a file.

import puppeteer from 'puppeteer-core';

export const PAGE = new URL('../../openapi/operations.html', import.meta.url).href;

/** Starts Chromium; `CHROMIUM` says which. */
export const start = async () => {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Chromium has no sandbox for root.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const session = await browser.target().createCDPSession();
  await session.send('Browser.grantPermissions', { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] });
  return browser;
};

/** Opens the page with what comes behind its `#`, and notes what goes wrong and what is asked for. */
export const open = async (browser, hash = '', scheme = 'light') => {
  const page = await browser.newPage();
  const faults = [];
  const requests = [];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.setViewport({ width: 1200, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(PAGE + hash);
  await page.bringToFront();
  return { page, faults, requests };
};

/** The ids of the first operations that the page shows. */
export const shown = (page, most = 100) =>
  page.$$eval('#results > li', (items, most) => items.slice(0, most).map((item) => item.entry.id), most);

/** Where a picture goes, if `SCREENSHOTS` names a folder. */
export const picture = async (page, name) => {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
};

/** Texts that are seen and have too little contrast with what is behind them, by the formula of WCAG 2. */
export const faint = (page, least) =>
  page.evaluate((least) => {
    const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
    const light = (colour) => {
      const [r, g, b] = channels(colour).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        const [, , , alpha = 1] = channels(colour);
        if (alpha === 1) return colour;
      }
      return getComputedStyle(document.body).backgroundColor;
    };
    const texts = [...document.querySelectorAll('body *')].filter(
      (element) =>
        !['SCRIPT', 'NOSCRIPT', 'OPTION'].includes(element.tagName) &&
        element.checkVisibility({ visibilityProperty: true }) &&
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()),
    );
    const found = texts.map((element) => {
      const [one, other] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
      return { text: element.textContent.slice(0, 40), ratio: (one + 0.05) / (other + 0.05) };
    });
    return { looked: found.length, faint: found.filter(({ ratio }) => ratio < least) };
  }, least);
