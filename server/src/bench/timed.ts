/** @returns the seconds that the work took, and its result */
export async function timed<Result>(work: () => Promise<Result>): Promise<[seconds: number, Result]> {
  const started = performance.now()
  const result = await work()
  return [(performance.now() - started) / 1000, result]
}
