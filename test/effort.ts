// What work costs, whatever else the machine does meanwhile: milliseconds of CPU time, not of the clock.

const ms = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000

/** Of this thread. */
export function effortOf(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  return ms(process.threadCpuUsage(before))
}

/** Of all threads of this process, since `process.cpuUsage()` gave `before`. */
export const effortSince = (before: NodeJS.CpuUsage): number => ms(process.cpuUsage(before))
