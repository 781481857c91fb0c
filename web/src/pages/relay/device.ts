/** Whether a device is one that nobody has named: then its name is the id of its key, which says nothing to people. Pure. */
export const isOfKey = (device: string): boolean => device.startsWith('key_')
