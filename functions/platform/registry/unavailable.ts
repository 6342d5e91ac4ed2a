import { platformProblem } from '#runtime/contract/errors.ts';

/** Throttled, denied or unreachable: this is no conflict, and trying again may help. */
export function unavailable(cause: unknown): never {
  throw platformProblem('registry-unavailable', { cause });
}
