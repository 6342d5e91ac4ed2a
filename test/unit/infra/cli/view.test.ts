import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createView, type View } from '#infra/cli/output/view.ts';

function printed(isTerminal: boolean, show: (view: View) => void): string {
  let text = '';
  show(createView({ write: (more) => (text += more), isTerminal }));
  return text;
}

const rows = [
  ['payment', 'loaded', ''],
  ['x', 'failed', 'PLG001\nin a file'],
];
const show = (view: View) => {
  view.heading('Plugins');
  view.table(['name', 'status', 'reason'], rows, 2);
  view.line('x failed', 'failed');
};

describe('the view', () => {
  it('outside of a terminal is a row a line, with tabs and no heading of columns, indent or colour', () => {
    expect(printed(false, show)).toBe('Plugins\npayment\tloaded\t\nx\tfailed\tPLG001 in a file\nx failed\n');
  });

  it('in a terminal is aligned, with colours for states', () => {
    const text = printed(true, show);
    expect(stripVTControlCharacters(text)).toBe(
      [
        'Plugins',
        '  NAME     STATUS  REASON',
        '  payment  loaded',
        '  x        failed  PLG001 in a file',
        'x failed',
        '',
      ].join('\n'),
    );
    expect(text).toContain('\u001B[31mfailed');
    expect(text).toContain('\u001B[32mloaded');
  });

  it.each([true, false])('lets nothing that is shown move the cursor (terminal: %s)', (isTerminal) => {
    const text = printed(isTerminal, (view) => {
      view.line('\u001B[2Jcleared');
      view.table(['a'], [['\u001B[1Aup']]);
    });
    expect(text).not.toContain('\u001B[2J');
    expect(text).not.toContain('\u001B[1A');
  });
});
