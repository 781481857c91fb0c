import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take long, most of it waiting: begun last, they would be all that is left to wait for. */
const slow = /test\/(simulation|browser)\//

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlow = ({ moduleId }: TestSpecification) => slow.test(moduleId)
    return [...sorted.filter(isSlow), ...sorted.filter(file => !isSlow(file))]
  }
}
