import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';

interface ReadingDialogProps {
  /** What is clicked. */
  readonly link: ComponentChildren;
  /** What the link is called where its text alone does not say it. */
  readonly label?: string;
  readonly title: string;
  /** Rendered, and with that read, when the dialog is opened. */
  readonly children: ComponentChildren;
}

/** A link that opens something to read over the page. */
export function ReadingDialog({ link, label, title, children }: ReadingDialogProps) {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <button
        type="button"
        class="link"
        aria-haspopup="dialog"
        aria-label={label}
        onClick={() => setOpen(true)}
      >
        {link}
      </button>
      {isOpen && (
        <Dialog title={title} onClose={close}>
          {children}
          <div class="dialog-actions">
            <button type="button" onClick={close}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
