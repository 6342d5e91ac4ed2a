/** Why the last attempt to pay did not work, and what to do next. */
export function Attempt({
  said,
  advice,
}: {
  readonly said: { readonly code: string; readonly message?: string };
  readonly advice: string;
}) {
  return (
    <div class="problem" role="alert">
      <p>{said.message ?? 'The attempt did not work.'}</p>
      <p class="muted">
        <code>{said.code}</code> {advice}
      </p>
    </div>
  );
}
