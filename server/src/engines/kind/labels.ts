/** How the engine finds its own again: by label, never from memory. */
export const LABEL = {
  installation: 'wheelhouse.installation',
  environment: 'wheelhouse.environment',
  machine: 'wheelhouse.machine',
  role: 'wheelhouse.role',
} as const

export const labelFlags = (labels: Record<string, string>): string[] =>
  Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`])

export const ofInstallation = (installation: string): string[] => ['--filter', `label=${LABEL.installation}=${installation}`]

export const ofEnvironment = (installation: string, environment: string): string[] => [
  ...ofInstallation(installation),
  '--filter',
  `label=${LABEL.environment}=${environment}`,
]
