import type { PageAnswer } from '../shared/http/page.ts';
import { htmlPage } from '../shared/http/page.ts';

export const PAGE_TITLE = 'PayPal test page';

/** A page with two buttons, or with the reason why there is nothing to approve. */
export function payerPage(text: string, nothing?: string): PageAnswer {
  const buttons = `<form method="post">
      <button name="answer" value="approve">Approve</button>
      <button name="answer" value="cancel">Cancel</button>
    </form>`;
  const shown = nothing === undefined ? buttons : `<p>Nothing to approve: ${nothing}.</p>`;
  return htmlPage(PAGE_TITLE, `<p>${text}</p>\n    ${shown}`);
}
