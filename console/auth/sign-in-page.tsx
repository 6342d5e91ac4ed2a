import { useEffect, useState } from 'preact/hooks';
import type { ConsoleSettings } from '../../functions/platform/console/settings.ts';
import { ApiProblem, problemOf } from '../api/problem.ts';
import { Field } from '../parts/field.tsx';
import { ProblemBox } from '../parts/problem-box.tsx';
import { mintToken } from './mint-token.ts';
import { keepToken } from './token.ts';
import { beginSignIn, finishSignIn, type OidcSignIn, SIGNED_IN_PATH, signInProblem } from './oidc.ts';

const REFUSED_TOKEN = new ApiProblem(401, {
  code: 'token-refused',
  detail:
    'The API does not take the token that the issuer gave. Its issuer and audience must be those of the deployment.',
});

interface SignInPageProps {
  readonly settings: ConsoleSettings;
  /** Whether the API has just refused the token of somebody who signed in. */
  readonly isRefused: boolean;
}

/** What people see who have no token that the API takes. */
export function SignInPage({ settings, isRefused }: SignInPageProps) {
  const { signIn, stage } = settings;
  return (
    <main class="sign-in">
      <h1>AnineePlus Plugins</h1>
      <p class="muted">
        Stage <strong>{stage}</strong>
      </p>
      {isRefused && <ProblemBox problem={REFUSED_TOKEN} />}
      {signIn.kind === 'oidc' && <OidcForm signIn={signIn} />}
      {signIn.kind === 'local' && <LocalForm />}
      {signIn.kind === 'none' && (
        <p>The API demands a token, and the deployment names no issuer of tokens.</p>
      )}
    </main>
  );
}

function OidcForm({ signIn }: { readonly signIn: OidcSignIn }) {
  const [problem, setProblem] = useState<ApiProblem>();
  const isBack = location.pathname === SIGNED_IN_PATH && location.search !== '';
  const fail = (error: unknown): void => setProblem(signInProblem(error));
  useEffect(() => {
    if (!isBack) return;
    finishSignIn(signIn, new URL(location.href))
      .then((returnTo) => history.replaceState(null, '', returnTo))
      .catch(fail);
  }, [isBack, signIn]);
  if (isBack && problem === undefined) return <p role="status">Signing in</p>;
  return (
    <>
      {problem && <ProblemBox problem={problem} />}
      <button type="button" class="primary" onClick={() => void beginSignIn(signIn).catch(fail)}>
        Sign in
      </button>
    </>
  );
}

/** Locally, where tokens are demanded, the system mints them for whoever asks. */
function LocalForm() {
  const [problem, setProblem] = useState<ApiProblem>();
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const given = Object.fromEntries(
      [...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ) as { readonly sub?: string; readonly tenant?: string; readonly scopes?: string };
    const scopes = (given.scopes ?? '').split(/\s+/).filter((scope) => scope !== '');
    const minted = await mintToken({
      sub: given.sub,
      tenant: given.tenant,
      ...(scopes.length > 0 && { scopes }),
    });
    keepToken(minted.token, minted.expiresIn);
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit(event.currentTarget).catch((error: unknown) => setProblem(problemOf(error)));
      }}
    >
      <p>
        The local system demands tokens (<code>--auth strict</code>). It mints one here.
      </p>
      {problem && <ProblemBox problem={problem} />}
      <Field label="Subject" name="sub" value="developer" required />
      <Field label="Tenant" name="tenant" value="default" required />
      <Field label="Scopes" name="scopes" hint="With spaces between; every scope when left empty." />
      <button type="submit" class="primary">
        Sign in
      </button>
    </form>
  );
}
