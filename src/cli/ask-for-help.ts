import type { Command } from 'commander'

/**
 * The words of a command line as commander is to see them. `help keys create` asks for what `keys create --help` shows; and
 * where no command has such a name, `--help` is taken away: commander would show the help of the commands around it, and
 * nobody would learn that the name is wrong.
 */
export function askForHelp(program: Command, given: readonly string[]): string[] {
  const asked = given[0] === 'help' ? [...given.slice(1), '--help'] : [...given]
  let at = program
  for (const word of asked) {
    if (word.startsWith('-') || !at.commands.length) break
    const below = at.commands.find(each => each.name() === word)
    if (!below) return asked.filter(each => each !== '--help' && each !== '-h')
    at = below
  }
  return asked
}
