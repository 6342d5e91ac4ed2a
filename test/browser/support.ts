import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { type System, type SystemOptions, startSystem } from '../support/system.ts';
import { refuseClipped, refuseInaccessible, refuseOverflow } from './accessibility.ts';
import { findChromium, launchChromium, WITHOUT_CHROMIUM } from './chromium.ts';
import { type Problems, watchProblems } from './problems.ts';

const PICTURES = join(import.meta.dirname, 'pictures');
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ['light', 'dark'] as const;
/** How long an action waits for what it acts on; a busy machine takes its time. */
const ACTION_TIMEOUT_MS = 60_000;
/** Pictures of whole pages take seconds each where several browsers run. */
const TEST_TIMEOUT_MS = 240_000;

/** What a file's system and browser are started with. */
export interface BrowserOptions extends SystemOptions {
  /** Whether the browser takes certificates that nobody vouches for, such as that of a server of the test. */
  readonly ignoreHTTPSErrors?: boolean;
}

/** The system and a browser that looks at it, for the tests of one file. */
export interface BrowserTests {
  readonly system: System;
  /** Opens a page in a window of its own, at the width of a desktop. @param path such as `/console` */
  open(path: string, options?: { readonly colorScheme?: (typeof SCHEMES)[number] }): Promise<Page>;
  /**
   * Takes an answer of 400 and above as expected for the rest of this test: `POST /plugins/load 409`, with braces for
   * any one segment of a path.
   */
  allow(answer: string): void;
  /**
   * Keeps pictures of the page, light and dark, for desktop and phone, in `test/browser/pictures` (which git ignores).
   * @param part selector of what is ours, where the rest of the page is the work of others
   * @throws Error where a picture shows what WCAG 2 (A, AA) forbids, is wider than the window, or has a button that is
   * lower than its text
   */
  look(page: Page, name: string, part?: string): Promise<void>;
}

/**
 * Tests in a browser against a system of their own. A test fails on an error in the console of a page, an error that a
 * script throws, and an answer of the API of 400 and above that it does not allow. Without Chromium they are skipped.
 */
export function inBrowser(
  name: string,
  define: (tests: BrowserTests) => void,
  given: BrowserOptions | (() => Promise<BrowserOptions>) = {},
): void {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    console.warn(WITHOUT_CHROMIUM);
    describe(name, () => it.skip(WITHOUT_CHROMIUM));
    return;
  }
  describe(name, { timeout: TEST_TIMEOUT_MS }, () => {
    let system: System | undefined;
    let browser: Browser | undefined;
    let contexts: BrowserContext[] = [];
    let problems: Problems | undefined;
    let ignoreHTTPSErrors = false;

    beforeAll(async () => {
      const options = typeof given === 'function' ? await given() : given;
      ignoreHTTPSErrors = options.ignoreHTTPSErrors ?? false;
      [system, browser] = await Promise.all([startSystem(options), launchChromium(executablePath)]);
    });
    afterEach(async ({ task }) => {
      const found = problems?.take() ?? [];
      if (found.length > 0 || task.result?.state === 'fail') await keepPictures(contexts, task.name);
      await Promise.all(contexts.map((context) => context.close()));
      contexts = [];
      problems = undefined;
      if (found.length > 0) throw new Error(`The browser saw:\n${found.join('\n')}`);
    });
    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    });

    const started = (): System => {
      if (system === undefined) throw new Error('the system has not been started');
      return system;
    };
    const problemsOfTest = (): Problems => (problems ??= watchProblems(started().url));
    define({
      get system() {
        return started();
      },
      async open(path, { colorScheme = 'light' } = {}) {
        if (browser === undefined) throw new Error('the browser has not been started');
        const context = await browser.newContext({
          viewport: SIZES.desktop,
          colorScheme,
          locale: 'en-US',
          ignoreHTTPSErrors,
        });
        contexts.push(context);
        context.setDefaultTimeout(ACTION_TIMEOUT_MS);
        problemsOfTest().watch(context);
        const page = await context.newPage();
        await page.goto(started().url + path);
        return page;
      },
      allow: (answer) => problemsOfTest().allow(answer),
      look,
    });
  });
}

/** What the pages of a test that failed showed at its end. */
async function keepPictures(contexts: readonly BrowserContext[], test: string): Promise<void> {
  const name = `failed-${test.replaceAll(/\W+/g, '-')}`;
  const pages = contexts.flatMap((context) => context.pages());
  const pictures = pages.map((page, index) =>
    page.screenshot({ path: join(PICTURES, `${name}-${index}.png`), fullPage: true }),
  );
  // A page that does not answer has no picture, and the test has failed already.
  await Promise.allSettled(pictures);
}

async function look(page: Page, name: string, part?: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      const picture = `${name}-${size}-${colorScheme}`;
      const path = join(PICTURES, `${picture}.png`);
      await page.screenshot({ path, fullPage: true, animations: 'disabled' });
      // Colours do not depend on the size, nor what is there on the colours: two of the four say it all.
      if ((size === 'phone') === (colorScheme === 'dark')) await refuseInaccessible(page, picture, part);
    }
    await refuseOverflow(page, `${name}-${size}`);
    await refuseClipped(page, `${name}-${size}`, part);
  }
  await page.setViewportSize(SIZES.desktop);
  await page.emulateMedia({ colorScheme: null });
}
