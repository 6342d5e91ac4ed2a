import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import type { StoredAnswer } from '../store/idempotency.ts';
import { type State } from './aggregate.ts';
import { type StoredRefusal, providerCodeMember } from './call-provider.ts';
import { NOT_ALLOWED } from './model/provider-command.ts';
import type { CommandSpec } from './command-spec.ts';

/**
 * The response to a command that has ended: the object, or 409 when the provider's object no longer allowed the
 * command.
 */
export function answerAfter<R extends Root, P extends Part, A>(
  spec: CommandSpec<R, P, A>,
  state: State<R, P>,
): StoredAnswer {
  const { status, failureCode } = spec.commandOf(state);
  return status === 'failed' && failureCode === NOT_ALLOWED
    ? stateConflict(spec, state)
    : { kind: 'reply', status: spec.successStatus, body: spec.view(state) };
}

/** The stored 409 for a command that the object's state does not allow, with that state. */
export const stateConflict = <R extends Root, P extends Part>(
  { about, standing }: Pick<CommandSpec<R, P, unknown>, 'about' | 'standing'>,
  state: State<R, P>,
): StoredRefusal => ({
  kind: 'problem',
  code: 'invalid-state',
  extensions: { ...about, ...standing?.(state) },
});

/**
 * The stored response to a definitive rejection. It holds no message of the provider, because messages may hold
 * personal data.
 */
export function refusalAbout(
  about: Readonly<Record<string, string>>,
  details: Pick<ProviderErrorDetails, 'class' | 'code' | 'declineCode' | 'param'>,
): StoredRefusal {
  const { class: errorClass, code, declineCode, param } = details;
  const extensions = { ...about, ...providerCodeMember(code), ...(param !== undefined && { param }) };
  return errorClass === 'declined'
    ? {
        kind: 'problem',
        code: 'payment-declined',
        extensions: { ...extensions, declineCode: declineCode ?? code },
      }
    : { kind: 'problem', code: 'provider-rejected', extensions };
}
