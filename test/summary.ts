// Closes a test run with one line that people and machines read alike: "N passed, N failed, N skipped".
import type { Reporter, TestModule } from 'vitest/node'

export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // A file that does not load and an error outside any test are failures too, though no test has them.
    const broken =
      modules.filter((module) => module.state() === 'failed' && module.errors().length > 0).length +
      errors.length
    // After the other reporters have written theirs.
    process.once('exit', () =>
      console.log(
        `${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`,
      ),
    )
  }
}
