/** The learner's home in a fresh sandbox: kubeconfig, alias and prompt as in the exam. What is there already stays. */
import { mkdir, stat, writeFile } from 'node:fs/promises'
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
const PROFILE = '[ -r ~/.bashrc ] && . ~/.bashrc\n'

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** @param own  gives a file to the account that works there */
export async function furnishHome(home: string, clusters: Cluster[], own: (path: string) => Promise<void>): Promise<void> {
  const put = async (name: string, content: string, mode: number) => {
    await writeFile(join(home, name), content, { mode })
    await own(join(home, name))
  }
  await mkdir(join(home, '.kube'), { recursive: true, mode: 0o755 })
  await own(join(home, '.kube'))
  // Certificates are the cluster's for its life, so a kubeconfig that a learner has changed stays as it is.
  const [first] = clusters
  if (first && !(await exists(join(home, '.kube/config')))) await put('.kube/config', first.learnerKubeconfig, 0o600)
  for (const [name, content] of [
    ['.bashrc', BASHRC],
    ['.bash_profile', PROFILE],
  ] as const)
    if (!(await exists(join(home, name)))) await put(name, content, 0o644)
}
