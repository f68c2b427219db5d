// Decides IAM requests: each line of standard input is one simulation as JSON, each line of standard output its result.
//
// The simulation without validation is used, since validation drops the condition keys of an OIDC provider
// (<issuer>:aud, <issuer>:sub), which no list of known keys can hold. Who asks is responsible for the context.
import { createInterface } from 'node:readline'
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = { result: runUnsafeSimulation(JSON.parse(line), {}) }
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
