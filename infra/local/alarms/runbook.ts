import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Reads the section of a Markdown file that a runbook names, with what is below it.
 * @param runbook path in the project, with the anchor of a heading as GitHub makes it
 * @returns undefined when there is no such file or section
 */
export async function readRunbook(rootDir: string, runbook: string): Promise<string | undefined> {
  const [file = '', anchor = ''] = runbook.split('#');
  const text = await readFile(join(rootDir, file), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : sectionOf(text, anchor);
}

const HEADING = /^(#{1,6}) +(.+?) *$/;

function sectionOf(text: string, anchor: string): string | undefined {
  if (anchor === '') return text;
  const lines = text.split('\n');
  const start = lines.findIndex((line) => anchorOf(HEADING.exec(line)?.[2] ?? '') === anchor);
  if (start === -1) return undefined;
  const level = levelOf(lines[start]);
  const length = lines.slice(start + 1).findIndex((line) => HEADING.test(line) && levelOf(line) <= level);
  return lines
    .slice(start, length === -1 ? undefined : start + 1 + length)
    .join('\n')
    .trim();
}

const levelOf = (line: string | undefined): number => HEADING.exec(line ?? '')?.[1]?.length ?? 0;

/** "Alarm `dead-letters`" becomes `alarm-dead-letters`. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
