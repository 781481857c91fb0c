export const priorities = ['urgent', 'high', 'normal', 'low'] as const
export type Priority = (typeof priorities)[number]

/** 0 goes first. */
export const laneOf = (priority: Priority): number => priorities.indexOf(priority)
export const priorityOf = (lane: number): Priority => priorities[lane] ?? 'normal'
