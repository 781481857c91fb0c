const name = 'clawlink-workspace'

/** The workspace that this tab shows: the one chosen here, else the one chosen last in this browser. */
export function chosenWorkspace(): string | undefined {
  return sessionStorage.getItem(name) ?? localStorage.getItem(name) ?? undefined
}

/** Keeps the choice for this tab, and as the first one of new tabs. */
export function chooseWorkspace(id: string | undefined): void {
  for (const storage of [sessionStorage, localStorage]) {
    if (id === undefined) storage.removeItem(name)
    else storage.setItem(name, id)
  }
}
