import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ConsoleSettings } from '../../functions/platform/console/settings.ts';
import { get } from '../api/client.ts';
import { type ApiProblem, problemOf } from '../api/problem.ts';
import { ProblemBox } from '../parts/problem-box.tsx';
import { type Access, askAccess } from './access.ts';
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

/** Reads the settings, and shows its children to whoever may call the API. */
export function SessionProvider({ children }: { readonly children: ComponentChildren }) {
  const [settings, setSettings] = useState<ConsoleSettings>();
  const [access, setAccess] = useState<Access>();
  const [problem, setProblem] = useState<ApiProblem>();

  useEffect(() => {
    const check = async (): Promise<void> => {
      setSettings(await get<ConsoleSettings>('/console/settings.json'));
      setAccess(await askAccess());
    };
    const checkAgain = (): void => {
      check().catch((error: unknown) => setProblem(problemOf(error)));
    };
    checkAgain();
    return onTokenChange(checkAgain);
  }, []);

  if (problem !== undefined) return <ProblemBox problem={problem} onRetry={() => location.reload()} />;
  if (settings === undefined || access === undefined) return null;
  if (access !== 'granted') return <SignInPage settings={settings} isRefused={access === 'refused'} />;
  const session: Session = {
    settings,
    isLocal: settings.signIn.kind === 'local',
    isSignedIn: currentToken() !== undefined,
  };
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
