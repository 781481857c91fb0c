/** How often what is shown is read anew. It rests by itself while the browser does not show the page. */
export const lookEveryMs = 4_000

/** The same for a list that is read page by page: who has gone far back in it is not disturbed, nor is the server. */
export const whileShort = ({ state }: { state: { data?: { pages: unknown[] } | undefined } }) =>
  (state.data?.pages.length ?? 0) <= 2 ? lookEveryMs : false
