import * as z from 'zod/mini';
import { ControlError } from '../shared/controls/control.ts';
import { ApiError } from './api/errors.ts';
import { minorOf } from './money.ts';

/** An amount in a control's body, as the API writes values: `"10.00"`, `"1000"`. */
export const controlAmount = z.optional(z.string().check(z.regex(/^\d+(\.\d{1,2})?$/)));

/** The amount in minor units, or a {@link ControlError} that says what is wrong with it. */
export function controlMinor(value: string, currency: string): number {
  try {
    return minorOf({ currency_code: currency, value }, '/amount');
  } catch (error) {
    if (error instanceof ApiError) throw new ControlError(`amount ${value}: ${error.message}`);
    throw error;
  }
}
