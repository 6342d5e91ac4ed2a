import { linkHash, type ChainLink } from './hash-chain.ts';

/** An entry as the API shows it. */
export interface Entry extends Partial<ChainLink> {
  readonly version: number;
}

/** What the newest entry has to be. */
export interface Head {
  readonly version: number;
  readonly hash: string;
}

export interface Chain {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** Undefined where the record that names it is not there. */
  readonly head: Head | undefined;
  /** Whether the versions count 1, 2, 3, ... without a gap. */
  readonly isGapless: boolean;
}

/** `changed`: the entry does not fit its hash, or what refers to it; `removed`: entries before or after it are missing. */
export interface ChainFault {
  readonly kind: 'changed' | 'removed' | 'inserted';
  /** Of the entry, or the one that the missing ones stood next to. */
  readonly version: number;
  readonly detail: string;
}

/** Everything by which a log is not what was written, in the order of its entries. */
export function verifyChain({ entries, head, isGapless }: Chain): readonly ChainFault[] {
  const firstLink = entries.findIndex(({ hash }) => hash !== undefined);
  const links = firstLink === -1 ? [] : entries.slice(firstLink);
  const faults: ChainFault[] = [];
  for (const [index, entry] of links.entries()) {
    const { version } = entry;
    if (entry.hash === undefined || entry.hash !== linkHash(entry)) {
      faults.push({ kind: 'changed', version, detail: `entry ${version} is not what its hash is of` });
    }
    faults.push(...orderFaults(links, index, isGapless));
  }
  return onceEach([...faults, ...headFaults(links, head)]);
}

/** An entry without its hash does not fit the next one either. */
const onceEach = (faults: readonly ChainFault[]): readonly ChainFault[] => [
  ...new Map(faults.map((fault) => [`${fault.kind} ${fault.version}`, fault])).values(),
];

/** How many of the oldest entries are from before the chain, and prove nothing. */
export const withoutHash = ({ entries }: Chain): number => {
  const first = entries.findIndex(({ hash }) => hash !== undefined);
  return first === -1 ? entries.length : first;
};

/** Whether an entry follows the one before it. */
function orderFaults(links: readonly Entry[], index: number, isGapless: boolean): readonly ChainFault[] {
  const { version, previousHash } = links[index] as Entry;
  const before = index === 0 ? undefined : links[index - 1];
  if (previousHash === before?.hash) return [];
  const at = links.findIndex(({ hash }) => hash !== undefined && hash === previousHash);
  if (at !== -1 && at < index) {
    return links.slice(at + 1, index).map(({ version: added }) => ({
      kind: 'inserted' as const,
      version: added,
      detail: `entry ${added} stands between two that follow each other`,
    }));
  }
  if (before === undefined) {
    return [{ kind: 'removed', version, detail: `what was before entry ${version} is missing` }];
  }
  if (previousHash === undefined) {
    return [{ kind: 'changed', version, detail: `entry ${version} names no entry before it` }];
  }
  if (isGapless && version === before.version + 1) {
    const detail = `entry ${before.version} is another one than entry ${version} follows`;
    return [{ kind: 'changed', version: before.version, detail }];
  }
  const detail = `what was between the entries ${before.version} and ${version} is missing or was changed`;
  return [{ kind: 'removed', version, detail }];
}

function headFaults(links: readonly Entry[], head: Head | undefined): readonly ChainFault[] {
  const newest = links.at(-1);
  if (head?.hash === newest?.hash) return [];
  const version = newest?.version ?? head?.version ?? 0;
  if (head === undefined) {
    return [{ kind: 'removed', version, detail: 'the record that names the newest entry is missing' }];
  }
  const at = links.findIndex(({ hash }) => hash === head.hash);
  if (at !== -1) {
    return links.slice(at + 1).map(({ version: added }) => ({
      kind: 'inserted' as const,
      version: added,
      detail: `entry ${added} comes after the newest one`,
    }));
  }
  if (newest?.version === head.version) {
    return [{ kind: 'changed', version, detail: `the newest entry is another one than the record names` }];
  }
  return [
    { kind: 'removed', version: head.version, detail: `the newest entry, ${head.version}, is missing` },
  ];
}

/** Why a chain is not the one whose head was noted before; undefined when it has only grown since. */
export function anchorFault({ entries }: Chain, anchor: Head): ChainFault | undefined {
  if (entries.some(({ version, hash }) => version === anchor.version && hash === anchor.hash))
    return undefined;
  const detail = `entry ${anchor.version} is not the one that was noted`;
  return { kind: 'changed', version: anchor.version, detail };
}
