import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  childOf,
  formatTraceparent,
  parseTraceparent,
  parseXrayHeader,
  xrayHeader,
} from '#runtime/telemetry/traceparent.ts';

const hex = (length: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));
const parts = fc.record({ traceId: hex(32), spanId: hex(16), sampled: fc.boolean() });

describe('trace headers', () => {
  it('say the same in both forms', () => {
    fc.assert(
      fc.property(parts, (trace) => {
        const text = formatTraceparent(trace);
        expect(parseTraceparent(text)).toEqual(trace);
        expect(parseXrayHeader(xrayHeader(text))).toEqual(trace);
      }),
    );
  });

  it.each([
    undefined,
    '',
    'garbage',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
    '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
  ])('that are none are ignored: %s', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
    expect(xrayHeader(text)).toBeUndefined();
  });

  it('keep the trace and change the span', () => {
    const parent = parseTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    expect(childOf(parent)).toMatchObject({ traceId: parent?.traceId, sampled: true });
    expect(childOf(parent).spanId).not.toBe(parent?.spanId);
  });
});
