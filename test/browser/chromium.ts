import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A Chromium of this machine: the one that `CHROMIUM_PATH` names, or the first on the `PATH`.
 * @throws Error when `CHROMIUM_PATH` names no program
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which is no program`);
  }
  const folders = (environment['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
}

/** What is said where there is none. */
export const WITHOUT_CHROMIUM =
  'Browser tests are skipped: there is no Chromium. Install it (Debian and Ubuntu: apt-get install chromium), ' +
  'or name one in CHROMIUM_PATH.';

export function launchChromium(executablePath: string): Promise<Browser> {
  // Chromium's own sandbox refuses to run as root, which is what containers do; the shared memory there is small.
  const args = ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  return chromium.launch({ executablePath, args });
}
