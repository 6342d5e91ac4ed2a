import { readFileSync } from 'node:fs';
import { readPaymentLog, readPluginAudit } from '../audit/read-chain.ts';
import {
  anchorFault,
  verifyChain,
  withoutHash,
  type Chain,
  type ChainFault,
  type Head,
} from '#runtime/verify-chain.ts';
import { type ApiTarget, callApi } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';

export interface AuditFlags extends ApiTarget {
  readonly plugin?: string;
  readonly payment?: string;
  /** The audit of the payment plugin for the caller's tenant. */
  readonly payments?: boolean;
  /** What an earlier run printed as JSON. */
  readonly anchors?: string;
}

interface Subject {
  /** `plugin payment`, `payment pay_...` */
  readonly name: string;
  readonly read: () => Promise<Chain>;
}

interface Verified {
  readonly name: string;
  readonly status: 'ok' | 'failed';
  readonly entries: number;
  /** Entries from before the hash chain, which prove nothing. */
  readonly withoutHash: number;
  readonly head?: Head | undefined;
  readonly faults: readonly ChainFault[];
}

/**
 * Reads whole logs and computes their hash chains here, so that the system that is asked need not be trusted; failed when
 * one is not what was written.
 */
export async function verifyAudit({ anchors, ...flags }: AuditFlags): Promise<CommandResult> {
  const known = anchors === undefined ? new Map<string, Head>() : readAnchors(anchors);
  const subjects = await subjectsOf(flags);
  const chains: Verified[] = [];
  for (const subject of subjects) chains.push(await verified(subject, known.get(subject.name)));
  return {
    json: { chains },
    failed: chains.some(({ status }) => status === 'failed'),
    show(view) {
      view.table(
        ['audit', 'state', 'entries', 'head', 'found'],
        chains.map(({ name, status, entries, withoutHash: old, head, faults }) => [
          name,
          status,
          String(entries),
          head ? `${head.version}:${head.hash}` : '-',
          [
            ...faults.map(({ kind, detail }) => `${kind}: ${detail}`),
            ...(old > 0 ? [`${old} from before the hash chain`] : []),
          ].join('; '),
        ]),
      );
    },
  };
}

async function subjectsOf({
  plugin,
  payment,
  payments = false,
  ...target
}: Omit<AuditFlags, 'anchors'>): Promise<readonly Subject[]> {
  const ofPlugin = (name: string): Subject => ({
    name: `plugin ${name}`,
    read: () => readPluginAudit(target, name),
  });
  const ofPayment = (id: string): Subject => ({
    name: `payment ${id}`,
    read: () => readPaymentLog(target, `/payments/${encodeURIComponent(id)}/transactions`, 'transactions'),
  });
  const ofTenant: Subject = {
    name: 'payments',
    read: async () => ({
      ...(await readPaymentLog(target, '/payments/audit', 'entries')),
      isGapless: true,
    }),
  };
  if (plugin !== undefined || payment !== undefined || payments) {
    return [
      ...(plugin === undefined ? [] : [ofPlugin(plugin)]),
      ...(payment === undefined ? [] : [ofPayment(payment)]),
      ...(payments ? [ofTenant] : []),
    ];
  }
  const { body } = await callApi(target, 'GET', '/plugins');
  return (body['plugins'] as readonly { readonly name: string }[]).map(({ name }) => ofPlugin(name));
}

/** Reads again before it finds a fault: something may have been written between two pages. */
const READS_MAX = 3;

async function verified({ name, read }: Subject, anchor: Head | undefined): Promise<Verified> {
  for (let reads = 1; ; reads += 1) {
    const chain = await read();
    const noted = anchor && anchorFault(chain, anchor);
    const faults = [...verifyChain(chain), ...(noted ? [noted] : [])];
    if (faults.length > 0 && reads < READS_MAX) continue;
    return {
      name,
      status: faults.length > 0 ? 'failed' : 'ok',
      entries: chain.entries.length,
      withoutHash: withoutHash(chain),
      head: chain.head,
      faults,
    };
  }
}

function readAnchors(file: string): ReadonlyMap<string, Head> {
  try {
    const { chains } = JSON.parse(readFileSync(file, 'utf8')) as { readonly chains: readonly Verified[] };
    return new Map(chains.flatMap(({ name, head }) => (head ? [[name, head] as const] : [])));
  } catch (cause) {
    throw new CommandError('anchors-unreadable', `${file} is not what audit verify --json printed`, {
      fix: 'give the output of an earlier "npm run -s plugins -- audit verify --json"',
      cause,
    });
  }
}
