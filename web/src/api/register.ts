import type { Problem } from './problem.ts'

declare module '@tanstack/react-query' {
  interface Register {
    /** `send` throws nothing else. */
    defaultError: Problem
  }
}
