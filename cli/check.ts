// `halftone check`: the configuration is right, and everything it names can really be reached.
import type { Config } from '../config.ts'
import { checksOf } from './reachability.ts'

export async function check(config: Config): Promise<void> {
  say('roles', config.roles.join(', '))
  say('listens', `${config.host}:${config.port}`)
  // All at once: the slowest decides how long it takes.
  const trials = checksOf(config).map((trial) => ({ ...trial, fault: trial.fault() }))
  let faults = 0
  for (const { label, about, fault } of trials) {
    const found = await fault
    if (found !== undefined) faults++
    say(label, found === undefined ? about : `${about}  FAULT: ${found}`)
  }
  if (config.samples) say('source', 'samples: drawn pictures')
  if (faults > 0) process.exitCode = 1
  console.log(verdict(faults))
}

const say = (label: string, about: string): void => console.log(`${label.padEnd(8)} ${about}`)

function verdict(faults: number): string {
  if (faults === 0) return 'The configuration is good.'
  const which = faults === 1 ? 'one thing that it names is' : `${faults} things that it names are`
  return `The configuration can be read, but ${which} not as it should be.`
}
