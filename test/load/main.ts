/**
 * `npm run bench:load [-- payments [clients]]`: bursts of one kind of request at a time, each as fast as it goes.
 * `npm run bench:load -- soak [minutes [clients]]`: buyers for some minutes, while plugins are unloaded, configurations
 * change and providers fail.
 *
 * Both run against a local system of their own and end with 1 when an answer or a rule was broken.
 */
const [profile, ...rest] = process.argv.slice(2);

// Whatever a deployed stage may be called, this load is for a system of its own.
delete process.env['BASE_URL'];
delete process.env['SYSTEM_URL'];

const kept =
  profile === 'soak'
    ? await (await import('./soak/soak.ts')).soak(given(rest[0], 10), given(rest[1], 4))
    : await (await import('./burst.ts')).burst(given(profile, 150), given(rest[0], 8));
process.exitCode = kept ? 0 : 1;

function given(text: string | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  if (value > 0) return value;
  console.error(
    `"${text}" is no number above 0: npm run bench:load [-- payments [clients] | soak [minutes [clients]]]`,
  );
  process.exit(2);
}
