/** Probes and life-cycle handlers. @see pkg/apis/core/validation/validation.go: validateProbe, validateHandler */
import type { FieldErrors } from '../../../objects/field-errors.js'
import { portName, portNumber } from '../../../objects/names.js'
import type { Container, HTTPGetAction, Lifecycle, Probe } from '../../../schema/kubernetes.generated.js'

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const
type Handler = Partial<Record<(typeof HANDLERS)[number], object>> & {
  exec?: { command?: string[] } | undefined
  httpGet?: HTTPGetAction | undefined
  tcpSocket?: { port: number | string } | undefined
  grpc?: { port: number } | undefined
}
const HEADER = /^[-A-Za-z0-9]+$/
const HEADER_TEXT =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
const SCHEMES = ['HTTP', 'HTTPS']
const COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const

function validatePort(port: number | string, path: string, errors: FieldErrors): void {
  const problems = typeof port === 'number' ? portNumber(port) : portName(port)
  for (const problem of problems) errors.invalid(path, port, problem)
}

function validateHttpGet(
  { path: address, port, scheme, httpHeaders = [] }: HTTPGetAction,
  path: string,
  errors: FieldErrors,
): void {
  if (!address) errors.required(`${path}.path`)
  validatePort(port as number | string, `${path}.port`, errors)
  if (scheme && !SCHEMES.includes(scheme)) errors.notSupported(`${path}.scheme`, scheme, SCHEMES)
  for (const { name } of httpHeaders) if (!HEADER.test(name)) errors.invalid(`${path}.httpHeaders`, name, HEADER_TEXT)
}

function validateHandler(handler: Handler, path: string, errors: FieldErrors): void {
  const [first, ...others] = HANDLERS.filter((name) => handler[name])
  if (first === 'exec' && !handler.exec?.command?.length) errors.required(`${path}.exec.command`)
  if (first === 'httpGet' && handler.httpGet) validateHttpGet(handler.httpGet, `${path}.httpGet`, errors)
  if (first === 'tcpSocket' && handler.tcpSocket) validatePort(handler.tcpSocket.port, `${path}.tcpSocket.port`, errors)
  if (first === 'grpc' && handler.grpc) validatePort(handler.grpc.port, `${path}.grpc.port`, errors)
  for (const name of others) errors.forbidden(`${path}.${name}`, 'may not specify more than 1 handler type')
  if (!first) errors.required(path, 'must specify a handler type')
}

export function validateLifecycle({ postStart, preStop }: Lifecycle, path: string, errors: FieldErrors): void {
  if (postStart) validateHandler(postStart as Handler, `${path}.postStart`, errors)
  if (preStop) validateHandler(preStop as Handler, `${path}.preStop`, errors)
}

function validateProbe(probe: Probe, path: string, errors: FieldErrors): void {
  validateHandler(probe as Handler, path, errors)
  for (const name of COUNTS)
    if ((probe[name] ?? 0) < 0) errors.invalid(`${path}.${name}`, probe[name], 'must be greater than or equal to 0')
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) errors.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')
}

function onlyOnce({ successThreshold = 1 }: Probe, path: string, errors: FieldErrors): void {
  if (successThreshold !== 1) errors.invalid(`${path}.successThreshold`, successThreshold, 'must be 1')
}

export function validateProbes(
  { livenessProbe, readinessProbe, startupProbe }: Container,
  path: string,
  errors: FieldErrors,
): void {
  if (livenessProbe) {
    validateProbe(livenessProbe, `${path}.livenessProbe`, errors)
    onlyOnce(livenessProbe, `${path}.livenessProbe`, errors)
  }
  if (readinessProbe) {
    const at = `${path}.readinessProbe`
    const grace = readinessProbe.terminationGracePeriodSeconds
    validateProbe(readinessProbe, at, errors)
    if (grace !== undefined) errors.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')
  }
  if (startupProbe) {
    validateProbe(startupProbe, `${path}.startupProbe`, errors)
    onlyOnce(startupProbe, `${path}.startupProbe`, errors)
  }
}
