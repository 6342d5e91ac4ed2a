import { spawn } from 'node:child_process';
import { apart } from '../apart.ts';

/** Kills child processes when this process ends in any way, SIGKILL included. */
export interface ProcessGuard {
  /** @returns unwatches the process; call it when the process has exited, since its id may be used again */
  watch(pid: number): () => void;
  close(): void;
}

// Reads "+ pid" and "- pid" until the pipe closes, which it does however the runner ends. Children that notice it
// themselves have a second to exit.
const SCRIPT = `
trap '' INT TERM HUP
pids=' '
while read -r op pid; do
  case $op in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
case $pids in *[0-9]*) sleep 1 ;; esac
for pid in $pids; do kill -9 "$pid"; done 2>/dev/null
`;

/**
 * Starts one guard for all children. A child in an endless loop cannot notice that its runner has ended. Windows ends
 * children with their parent by itself: see `apart`.
 */
export function startGuard(platform: string = process.platform): ProcessGuard {
  if (platform === 'win32') return { watch: () => () => {}, close: () => {} };
  const guard = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], ...apart(platform) });
  // The guard ends only when the runner does: a write after that needs no error.
  guard.stdin.on('error', () => {});
  guard.unref();
  return {
    watch(pid) {
      guard.stdin.write(`+ ${pid}\n`);
      return () => void (guard.stdin.writable && guard.stdin.write(`- ${pid}\n`));
    },
    close: () => void guard.stdin.end(),
  };
}
