/** What a button looks like that opens a menu of one row or card. */
export const menuButton =
  'inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-soft transition-colors hover:bg-hover hover:text-ink sm:size-8'
