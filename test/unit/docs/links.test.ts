import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorOf } from '#infra/docs/markdown.ts';

/** Every page of the repository: its links lead to files and headings that exist. */
const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)) && !file.includes('/template/'));

/** Without what stands in fences and in code, where brackets are no links. */
const proseOf = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
const anchorsOf = (text: string): ReadonlySet<string> => {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading = '']) => anchorOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))),
  );
};

/** Links that lead nowhere; `text` stands for the file. */
function brokenLinks(file: string, text: string): string[] {
  const links = [...proseOf(text).matchAll(/(?:\]\(|\bsrc(?:set)?=")([^)"\s]+)[)"]/g)].map(
    ([, link = '']) => link,
  );
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : posix.join(posix.dirname(file), path);
    if (path !== '' && !existsSync(join(root, target))) return true;
    return (
      anchor !== undefined &&
      target.endsWith('.md') &&
      !anchorsOf(path === '' ? text : read(target)).has(anchor)
    );
  });
}

describe('links', () => {
  it('are looked at in all pages', () => {
    expect(pages.length).toBeGreaterThan(10);
    expect(pages).toContain('README.md');
  });

  it.each(pages)('of %s lead to files and headings that exist', (file) => {
    expect(brokenLinks(file, read(file))).toEqual([]);
  });

  it('that lead nowhere are found', () => {
    const text =
      '# A page\n[a](#a-page) [b](#b) [c](nowhere.md) [d](plugins/README.md#plugins) [e](plugins/README.md#e)\n`[f](#f)`\n' +
      '<img alt="g" src="nowhere.png">\n';
    expect(brokenLinks('x.md', text)).toEqual(['#b', 'nowhere.md', 'plugins/README.md#e', 'nowhere.png']);
  });

  it('are anchors as GitHub makes them', () => {
    expect(
      ['Alarm needs_review', 'What the manifest becomes on AWS', "An author's `x`, and more"].map(anchorOf),
    ).toEqual(['alarm-needs_review', 'what-the-manifest-becomes-on-aws', 'an-authors-x-and-more']);
  });
});
