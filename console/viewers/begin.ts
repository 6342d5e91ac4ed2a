import { problemOf } from '../api/problem.ts';
import { askAccess } from '../auth/access.ts';
import { mintToken } from '../auth/mint-token.ts';
import { currentToken } from '../auth/token.ts';
import './viewers.css';

/**
 * Shows a viewer with the token that its calls begin with: that of the console in this tab, or a new one with every scope
 * where the API demands one; none where it does not. The bar above the viewer says which.
 * @param how another token takes its place
 */
export async function begin(how: string, show: (token: string | undefined) => void): Promise<void> {
  try {
    const token = (await askAccess()) === 'granted' ? currentToken() : (await mintToken()).token;
    say(token === undefined ? 'Calls need no token.' : `Calls carry a token; ${how}.`);
    show(token);
  } catch (error) {
    say(problemOf(error).message);
  }
}

function say(text: string): void {
  const place = document.getElementById('caller');
  if (place !== null) place.textContent = text;
}
