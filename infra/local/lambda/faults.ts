import { randomUUID } from 'node:crypto';

/** What a developer asked to go wrong, once: at the n-th call of a function that leaves from now on. */
export interface FaultRequest {
  readonly functionName: string;
  readonly kind: 'crash' | 'hang' | 'fail';
  readonly target: 'aws' | 'provider';
  readonly n: number;
  readonly when: 'before' | 'after';
}

/** A fault as an environment gets it: `n` counts from the start of the invocation. */
export interface ArmedFault {
  readonly id: string;
  readonly kind: FaultRequest['kind'];
  readonly target: FaultRequest['target'];
  readonly n: number;
  readonly when: FaultRequest['when'];
}

/** The faults that wait for their call. */
export interface FaultBook {
  add(request: FaultRequest): string;
  clear(): void;
  list(): readonly (ArmedFault & { readonly functionName: string })[];
  /** What an invocation of the function that begins now has to play. */
  armedFor(functionName: string): readonly ArmedFault[];
  /** A call left the function. */
  called(functionName: string, target: FaultRequest['target']): void;
  /** A fault has been played. */
  played(id: string): void;
}

/** Calls are counted over all environments of a function, so that "the third call" means what a test means by it. */
export function createFaultBook(): FaultBook {
  const faults = new Map<string, { request: FaultRequest; remaining: number }>();
  const armed = (id: string, { request, remaining }: { request: FaultRequest; remaining: number }) => ({
    id,
    kind: request.kind,
    target: request.target,
    n: remaining,
    when: request.when,
  });

  return {
    add(request) {
      const id = randomUUID();
      faults.set(id, { request, remaining: request.n });
      return id;
    },
    clear: () => faults.clear(),
    list: () =>
      [...faults].map(([id, fault]) => ({ ...armed(id, fault), functionName: fault.request.functionName })),
    armedFor: (functionName) =>
      [...faults]
        .filter(([, { request }]) => request.functionName === functionName)
        .map(([id, fault]) => armed(id, fault)),
    called(functionName, target) {
      for (const [id, fault] of faults) {
        if (fault.request.functionName !== functionName || fault.request.target !== target) continue;
        fault.remaining -= 1;
        if (fault.remaining === 0) faults.delete(id);
      }
    },
    played: (id) => void faults.delete(id),
  };
}
