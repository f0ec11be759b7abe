/** What the doctor finds of engines: their own findings, or where an engine has none, whether it answers. */
import { type DoctorFinding, message } from '@wheelhouse/protocol'
import { capabilitiesOf, statusOf } from '../engines/choose.js'
import type { Engine } from '../engines/engine.js'

export async function engineFindings(engine: Engine): Promise<DoctorFinding[]> {
  if (engine.findings) return engine.findings()
  const status = await statusOf(engine)
  const about = { name: 'engine', title: message('doctor.engine.title') }
  if (status.available) {
    const answers = message('doctor.engine.found', { engine: engine.name, version: status.version })
    return [{ ...about, status: 'ok', found: answers }, ...(await sandboxFindings(engine))]
  }
  const found = message('doctor.engine.missing', { engine: engine.name, why: status.why })
  return [{ ...about, status: 'problem', found, remedy: status.remedy }]
}

async function sandboxFindings(engine: Engine): Promise<DoctorFinding[]> {
  const { noSandbox: why, sandbox } = await capabilitiesOf(engine)
  const about = { name: 'sandbox', title: message('doctor.sandbox.title') }
  if (sandbox) return [{ ...about, status: 'ok', found: message(`doctor.sandbox.${sandbox.bounds}`, { holder: sandbox.holder }) }]
  if (why === undefined) return []
  const found = message('doctor.sandbox.missing', { why })
  const remedy = message('doctor.sandbox.remedy')
  return [{ ...about, status: 'warning', found, remedy }]
}

/** Of an engine that would be liked better than the one in use: what it lacks keeps nobody from working. */
export async function findingsOfBetter(engine: Engine): Promise<DoctorFinding[]> {
  const findings = await engineFindings(engine)
  return findings.map((finding) => (finding.status === 'problem' ? { ...finding, status: 'warning' } : finding))
}
