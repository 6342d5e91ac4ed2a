import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lambda gives a function one vCPU at this memory and a share of one below. Source: "Configure Lambda function memory". */
const MB_OF_ONE_VCPU = 1_769;
const PERIOD_US = 20_000;
/** The controllers of version 1 of Linux control groups, to which a process with the right may add its own. */
const GROUPS = '/sys/fs/cgroup/cpu';

/** A control group whose processes get the share of a processor that Lambda gives at a size of memory. */
export interface CpuShare {
  /** File to which a process writes its id to join. */
  readonly joinFile: string;
  remove(): void;
}

/** @returns undefined where this process may not make control groups of the first version */
export function cpuShareOf(memoryMb: number): CpuShare | undefined {
  const group = join(GROUPS, `anineeplus-bench-${process.pid}-${memoryMb}`);
  try {
    mkdirSync(group);
    writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
    const quotaUs = Math.round((PERIOD_US * memoryMb) / MB_OF_ONE_VCPU);
    writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quotaUs));
    return { joinFile: join(group, 'cgroup.procs'), remove: () => rmdirSync(group) };
  } catch {
    return undefined;
  }
}
