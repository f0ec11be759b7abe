/** Every function that Kubernetes 1.36 gives to an expression. @see k8s.io/apiserver/pkg/cel/environment/base.go */
import { addressFunctions } from './addresses.js'
import { authorizerFunctions } from './authorizer.js'
import { type FunctionTable, tableOf } from './declare.js'
import { kubernetesFunctions } from './kubernetes.js'
import { listFunctions } from './lists.js'
import { standardFunctions } from './standard.js'
import { stringFunctions } from './strings.js'

export const functionTable: FunctionTable = tableOf([
  ...standardFunctions,
  ...stringFunctions,
  ...listFunctions,
  ...kubernetesFunctions,
  ...addressFunctions,
  ...authorizerFunctions,
])
