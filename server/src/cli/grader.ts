/** The grader of this version. */
import type { Grader } from '../grading/grader.js'

export async function makeGrader(): Promise<Grader> {
  const { ScriptedGrader } = await import('../attempts/testing/scripted-grader.js')
  return new ScriptedGrader()
}
