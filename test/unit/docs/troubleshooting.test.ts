import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandErrors } from '#infra/cli/command-error.ts';
import { contextErrors } from '#infra/deployment/context-error.ts';
import { startErrors } from '#infra/local/errors.ts';
import { errorCodes } from '#infra/manifest/codes.ts';
import { type ErrorCatalogue, platformErrors } from '#runtime/contract/errors.ts';
import { configErrors } from '../../../functions/platform/config/errors.ts';
import { graphqlErrors } from '../../../functions/platform/graphql/errors.ts';
import { transitionErrors } from '../../../functions/platform/plugins/errors.ts';
import { loyaltyErrors } from '../../../plugins/examples/advanced-plugin/errors.ts';
import { paymentErrors } from '../../../plugins/payment/errors.ts';
import { tablesOf } from './markdown.ts';

/** Every code has one entry with cause and fix, and no entry is of a code that is gone. */
const page = readFileSync(join(import.meta.dirname, '../../../plugins/TROUBLESHOOTING.md'), 'utf8');

const catalogues: readonly ErrorCatalogue[] = [
  platformErrors,
  graphqlErrors,
  transitionErrors,
  configErrors,
  paymentErrors,
  loyaltyErrors,
];

/** Rows of all tables with this header; a first cell of several codes is a row for each. */
const rowsOf = (header: readonly string[]) =>
  tablesOf(page, header)
    .flat()
    .flatMap(([codes = '', ...rest]) => codes.split(', ').map((code) => [code.replaceAll('`', ''), ...rest]));

describe('TROUBLESHOOTING.md', () => {
  it('has every code of an answer once, with its status, and no other', () => {
    const rows = rowsOf(['code', 'status', 'cause', 'what to do']);
    const told = rows.map(([code, status]) => `${code} ${status}`);
    const all = catalogues.flatMap((catalogue) =>
      Object.entries(catalogue).map(([code, { status }]) => `${code} ${status}`),
    );
    expect(told.toSorted()).toEqual([...new Set(all)].toSorted());
  });

  it('has every code of the synth with its title, and no other', () => {
    const rows = rowsOf(['code', 'error', 'what to do']);
    expect(rows.map(([code, title]) => [code, title])).toEqual(Object.entries(errorCodes));
  });

  it('has every code of the context, of the start and of the command line, and no other', () => {
    const rows = tablesOf(page, ['code', 'cause', 'what to do']);
    const codes = rows.map((table) => table.map(([code = '']) => code.replaceAll('`', '')));
    expect(codes).toEqual([Object.keys(contextErrors), Object.keys(startErrors), expect.anything()]);
    expect(codes[2]?.toSorted()).toEqual(Object.keys(commandErrors).toSorted());
  });

  it('says of each why, and what to do', () => {
    const rows = [
      ...rowsOf(['code', 'status', 'cause', 'what to do']),
      ...rowsOf(['code', 'error', 'what to do']),
      ...rowsOf(['code', 'cause', 'what to do']),
    ];
    expect(rows.filter((row) => row.some((cell) => cell.trim() === ''))).toEqual([]);
  });
});
