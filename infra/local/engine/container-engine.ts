import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Command lines of container engines that take the same arguments, the most common first. */
const PROGRAMS = ['docker', 'podman', 'nerdctl', 'finch'] as const;

const ANSWERS_WITHIN_MS = 10_000;

/** A container engine that is installed but cannot be used. */
interface SilentEngine {
  readonly program: string;
  /** What it said. */
  readonly reason: string;
}

/** The container engines of this machine. */
export interface ContainerEngines {
  /** The first one that answers. */
  readonly program: string | undefined;
  readonly silent: readonly SilentEngine[];
}

/** How a command of a container engine ended. */
interface Ended {
  /** `null` when it was ended from outside. */
  readonly code: number | null;
  /** Its last line on standard error. */
  readonly said: string;
}

/**
 * Runs a command of a container engine to its end.
 * @returns undefined when the program is not installed
 */
export async function runContainerCommand(
  program: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Ended | undefined> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true, signal });
  const said = text(child.stderr).catch(() => '');
  try {
    await once(child, 'exit');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : { code: null, said: message };
  }
  return { code: child.exitCode, said: lastLine(await said) };
}

/** Asks every container engine that is installed; one whose service does not run is silent. */
export async function findContainerEngines(
  programs: readonly string[] = PROGRAMS,
): Promise<ContainerEngines> {
  const asked = await Promise.all(
    programs.map(async (program) => {
      const timeout = AbortSignal.timeout(ANSWERS_WITHIN_MS);
      const ended = await runContainerCommand(program, ['ps', '--quiet'], timeout);
      if (!timeout.aborted) return { program, ended };
      return { program, ended: { code: null, said: `no answer within ${ANSWERS_WITHIN_MS / 1000} s` } };
    }),
  );
  return {
    program: asked.find(({ ended }) => ended?.code === 0)?.program,
    silent: asked.flatMap(({ program, ended }) =>
      ended === undefined || ended.code === 0 ? [] : [{ program, reason: ended.said }],
    ),
  };
}

const lastLine = (output: string): string => output.trim().split('\n').at(-1)?.trim() ?? '';
