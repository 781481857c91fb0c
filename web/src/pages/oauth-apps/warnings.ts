import type { Registration } from './oauth-app.ts'

type Warning = Registration['warnings'][number]

/** What bites at one step. */
export const warningsAt = ({ warnings }: Registration, step: number): Warning[] =>
  warnings.filter((warning: Warning) => warning.step === step)

/** What bites at none of them, but later. */
export const generalWarnings = ({ warnings, steps }: Registration): Warning[] =>
  warnings.filter(({ step = 0 }: Warning) => step < 1 || step > steps.length)
