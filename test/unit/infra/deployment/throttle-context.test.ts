import { describe, expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';

const throttle = (context: Readonly<Record<string, unknown>>) => deploymentOf((key) => context[key]).throttle;
const prod = { stage: 'prod', auth: 'none' };

describe('the throttle of routes without one of their own', () => {
  it('is what an account has on this machine, and less where everybody can call', () => {
    expect(throttle({})).toEqual({ rate: 10_000, burst: 5000 });
    expect(throttle(prod)).toEqual({ rate: 250, burst: 500 });
  });

  it('is what the context says, as one object or by parts, as numbers or as texts of the command line', () => {
    expect(throttle({ ...prod, throttle: { rate: 0.5, burst: 2 } })).toEqual({ rate: 0.5, burst: 2 });
    expect(throttle({ ...prod, throttle: { burst: 2 } })).toEqual({ rate: 250, burst: 2 });
    expect(throttle({ ...prod, 'throttle.rate': '20', 'throttle.burst': '40' })).toEqual({
      rate: 20,
      burst: 40,
    });
    expect(throttle({ ...prod, throttle: { rate: 1, burst: 1 }, 'throttle.rate': '9' })).toEqual({
      rate: 9,
      burst: 1,
    });
  });

  it.each([
    ['throttle.rate', 0],
    ['throttle.rate', -1],
    ['throttle.rate', 'many'],
    ['throttle.rate', ''],
    ['throttle.rate', true],
    ['throttle.rate', 1e9],
    ['throttle.burst', 0],
    ['throttle.burst', 1.5],
    ['throttle.burst', '1e3'],
    ['throttle', 'none'],
    ['throttle', [1]],
    ['throttle', null],
    ['throttle', { rps: 1 }],
    ['throttle', { burst: null }],
  ])('is not %s %j', (key, value) => {
    expect(() => throttle({ ...prod, [key]: value })).toThrow(/^throttle-invalid: .*-c throttle\.rate=250/s);
  });
});
