/** The learner's home on a fresh `base`: kubeconfig, alias and prompt as in the exam. What is there already stays. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cluster } from '../engine.js'

/** Completion of kubectl is made by kubectl itself, which takes longer than all the rest of a shell's start: so at the first Tab. */
const BASHRC = `PS1='candidate@base:\\w$ '
alias k=kubectl
alias ls='ls --color=auto'
[ -r /usr/share/bash-completion/bash_completion ] && . /usr/share/bash-completion/bash_completion
_complete_kubectl() {
  unset -f _complete_kubectl
  source <(kubectl completion bash 2>/dev/null)
  complete -o default -F __start_kubectl k kubectl
  __start_kubectl "$@"
}
complete -o default -F _complete_kubectl k kubectl
`
/** Many systems set PATH anew for a login. */
const PROFILE = `[ -n "$WHEELHOUSE_TOOLS" ] && PATH="$WHEELHOUSE_TOOLS:$PATH"
[ -r ~/.bashrc ] && . ~/.bashrc
`
/** Beside the home: the address that its kubeconfig was last given. */
export const ADDRESS = 'address'

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/**
 * @param directory  the environment's folder; `home` lies in it
 * @param own  gives a file to the account that works there
 */
export async function furnishHome(directory: string, clusters: Cluster[], own: (path: string) => Promise<void>): Promise<void> {
  const home = join(directory, 'home')
  const put = async (name: string, content: string, mode: number) => {
    await writeFile(join(home, name), content, { mode })
    await own(join(home, name))
  }
  await mkdir(join(home, '.kube'), { recursive: true, mode: 0o755 })
  await own(join(home, '.kube'))
  // Certificates are the cluster's for its life, so a kubeconfig that a learner has changed stays as it is.
  const [first] = clusters
  if (first) {
    const text = await kubeconfigOf(directory, first)
    if (text !== null) await put('.kube/config', text, 0o600)
  }
  for (const [name, content] of [
    ['.bashrc', BASHRC],
    ['.bash_profile', PROFILE],
  ] as const)
    if (!(await exists(join(home, name)))) await put(name, content, 0o644)
}

/**
 * The learner's own kubeconfig where the cluster has moved to another port since it was written, as it may without a sandbox; the fresh
 * one where there is none. Null where it is right as it is.
 */
async function kubeconfigOf(directory: string, { learnerKubeconfig }: Cluster): Promise<string | null> {
  const address = /server: (\S+)/.exec(learnerKubeconfig)?.[1] ?? ''
  const before = await readFile(join(directory, ADDRESS), 'utf8').catch(() => '')
  if (before !== address) await writeFile(join(directory, ADDRESS), address, { mode: 0o600 })
  const present = await readFile(join(directory, 'home/.kube/config'), 'utf8').catch(() => null)
  if (present === null) return learnerKubeconfig
  return before && before !== address && present.includes(before) ? present.replaceAll(before, address) : null
}
