/** The learner's home on a fresh `base`: kubeconfig, alias and prompt as in the exam. What is there already stays. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import type { Cluster } from '../engine.js'
import type { Base } from './base.js'

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

/**
 * Certificates are the cluster's for its life, so a kubeconfig that a learner has changed stays as it is, but for the port to which the
 * cluster has moved, as it may without a sandbox. The kubeconfig comes by standard input: arguments are read by everybody.
 */
const FURNISH = `
umask 077
mkdir -p .kube
config=.kube/config
if [ ! -e "$config" ]; then cat > "$config"
elif [ -n "$1" ] && [ "$1" != "$2" ]; then
  text=$(sed "s|$1|$2|g" "$config") && printf '%s\\n' "$text" > "$config"
fi
umask 022
[ -e .bashrc ] || printf '%s' "$3" > .bashrc
[ -e .bash_profile ] || printf '%s' "$4" > .bash_profile
exit 0
`
const LONGEST_MS = 10_000

interface Parts {
  /** The environment's folder. */
  directory: string
  base: Base
  host: ExecutionHost
}

/**
 * Written inside `base` by the account that works there: a server that is root follows no link which a learner has put into its way.
 * What a learner has made unwritable stays as it is: an environment opens all the same.
 */
export async function furnishHome({ directory, base, host }: Parts, [first]: Cluster[]): Promise<void> {
  const kubeconfig = first?.learnerKubeconfig ?? ''
  const address = /server: (\S+)/.exec(kubeconfig)?.[1] ?? ''
  const before = await readFile(join(directory, ADDRESS), 'utf8').catch(() => '')
  if (before !== address) await writeFile(join(directory, ADDRESS), address, { mode: 0o600 })
  const enter = await base.enter('base')
  await host.run({
    argv: [...enter, 'sh', '-c', FURNISH, 'sh', before, address, BASHRC, PROFILE],
    stdin: kubeconfig,
    timeoutMs: LONGEST_MS,
  })
}
