import type { Operation } from '#runtime/contract/operation.ts';
import { paymentErrors } from '../errors.ts';
import type { Services } from '../services.ts';

/** An operation of this plugin. Its types follow from the schemas. */
export const apiOperation = <I, O>(
  definition: Omit<Operation<I, O, Services>, 'errors'>,
): Operation<I, O, Services> => ({ ...definition, errors: paymentErrors });
