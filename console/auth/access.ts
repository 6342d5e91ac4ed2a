import { currentToken } from './token.ts';

/** Whether the API takes calls as they are now: `no-token` and `refused` demand to sign in. */
export type Access = 'granted' | 'no-token' | 'refused';

/** Makes a call that every signed-in person may make. */
export async function askAccess(): Promise<Access> {
  const token = currentToken();
  const response = await fetch('/plugins', {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  if (response.status !== 401) return 'granted';
  return token === undefined ? 'no-token' : 'refused';
}
