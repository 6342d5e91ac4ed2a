import axe from 'axe-core';
import type { Page } from 'playwright-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The part of axe's answer that says what is wrong. */
interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/**
 * Runs axe-core with the rules of WCAG 2, levels A and AA.
 * @param part selector of what is looked at; the whole page when left out
 * @throws Error that names each violation with its elements
 */
export async function refuseInaccessible(page: Page, where: string, part?: string): Promise<void> {
  await page.evaluate(axe.source);
  const context = part === undefined ? 'document' : JSON.stringify(part);
  const options = JSON.stringify({ runOnly: { type: 'tag', values: RULES }, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${context}, ${options})`);
  if (violations.length === 0) return;
  const texts = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join('\n')}`,
  );
  throw new Error(`${where} is not accessible:\n${texts.join('\n')}`);
}

/** @throws Error when the page scrolls sideways */
export async function refuseOverflow(page: Page, where: string): Promise<void> {
  const excess = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  if (excess > 0) throw new Error(`${where} is ${excess} pixels wider than its window`);
}

/** @throws Error that names the buttons whose content is taller than they are, which cuts it off or lets it hang out */
export async function refuseClipped(page: Page, where: string, part = 'body'): Promise<void> {
  const buttons = JSON.stringify(`${part} button`);
  const clipped = await page.evaluate<readonly string[]>(`[...document.querySelectorAll(${buttons})]
    .filter((button) => button.scrollHeight > button.clientHeight + 1)
    .map((button) => button.textContent.trim().slice(0, 60))`);
  if (clipped.length > 0) throw new Error(`${where} has buttons that are too low for: ${clipped.join('; ')}`);
}
