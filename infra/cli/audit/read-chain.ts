import { type ApiTarget, callApi } from '../api-client.ts';
import type { Chain, Entry, Head } from '#runtime/verify-chain.ts';

const PAGE = 100;

/** The audit of a plugin. */
export async function readPluginAudit(target: ApiTarget, plugin: string): Promise<Chain> {
  const entries: Entry[] = [];
  let head: Head | undefined;
  let before: unknown;
  do {
    const query = `limit=${PAGE}${before === undefined ? '' : `&before=${Number(before)}`}`;
    const path = `/plugins/${encodeURIComponent(plugin)}/audit?${query}`;
    const { body } = await callApi(target, 'GET', path);
    entries.push(...(body['entries'] as readonly Entry[]));
    // Later pages are older: the head belongs to the first.
    if (before === undefined) head = body['head'] as Head | undefined;
    before = body['next'];
  } while (before !== undefined);
  return { entries: entries.reverse(), head, isGapless: true };
}

/** A log of the payment plugin: the transactions of a payment, or the audit of what belongs to none. */
export async function readPaymentLog(
  target: ApiTarget,
  path: string,
  member: 'transactions' | 'entries',
): Promise<Chain> {
  const entries: Entry[] = [];
  let head: Head | undefined;
  let cursor: unknown;
  do {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor as string)}`;
    const { body } = await callApi(target, 'GET', `${path}?limit=${PAGE}${query}`);
    entries.push(...(body[member] as readonly Entry[]));
    head = (body['head'] ?? undefined) as Head | undefined;
    cursor = body['cursor'];
  } while (cursor !== null && cursor !== undefined);
  return { entries, head, isGapless: false };
}
