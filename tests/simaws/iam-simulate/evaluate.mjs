// Decides IAM requests: each line of standard input is one simulation as JSON, each line of standard output its result.
//
// The simulation without validation is used, since validation drops the condition keys of an OIDC provider
// (<issuer>:aud, <issuer>:sub), which no list of known keys can hold. Who asks is responsible for the context.
import { createInterface } from 'node:readline'
import { createValidatedPolicy } from '@cloud-copilot/iam-policy'
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

// decide gives the resource's policy a name, without which the simulation fails.
function decide(simulation) {
  const policy = simulation.resourcePolicy
  if (policy) {
    simulation.resourcePolicy = createValidatedPolicy(policy, () => [], { name: 'resource policy' })
  }
  return runUnsafeSimulation(simulation, {})
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = { result: decide(JSON.parse(line)) }
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
