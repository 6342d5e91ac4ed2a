import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ConsoleSettings } from '../../functions/platform/console/settings.ts';
import { get } from '../api/client.ts';
import { type ApiProblem, problemOf } from '../api/problem.ts';
import { ProblemBox } from '../parts/problem-box.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { currentToken, onTokenChange } from './token.ts';

/** Who looks, and at what. */
export interface Session {
  readonly settings: ConsoleSettings;
  /** Whether this is the local system, which has `/dev`. */
  readonly isLocal: boolean;
  readonly isSignedIn: boolean;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('There is no session above this component');
  return session;
}

/** A call that every signed-in person may make, to find out whether a token is needed. */
async function needsToken(): Promise<boolean> {
  const response = await fetch('/plugins', {
    headers: currentToken() === undefined ? {} : { authorization: `Bearer ${currentToken()}` },
  });
  return response.status === 401;
}

/** Reads the settings, and shows its children to whoever may call the API. */
export function SessionProvider({ children }: { readonly children: ComponentChildren }) {
  const [settings, setSettings] = useState<ConsoleSettings>();
  const [mustSignIn, setMustSignIn] = useState<boolean>();
  const [problem, setProblem] = useState<ApiProblem>();

  useEffect(() => {
    const check = async (): Promise<void> => {
      setSettings(await get<ConsoleSettings>('/console/settings.json'));
      setMustSignIn(await needsToken());
    };
    const checkAgain = (): void => {
      check().catch((error: unknown) => setProblem(problemOf(error)));
    };
    checkAgain();
    return onTokenChange(checkAgain);
  }, []);

  if (problem !== undefined) return <ProblemBox problem={problem} onRetry={() => location.reload()} />;
  if (settings === undefined || mustSignIn === undefined) return null;
  if (mustSignIn) return <SignInPage settings={settings} />;
  const session: Session = {
    settings,
    isLocal: settings.signIn.kind === 'local',
    isSignedIn: currentToken() !== undefined,
  };
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
