// For a Node.js before 22, whose fs has no globSync: the conformance suite asks for it by name and does not need it
// here.
import * as fs from 'fs'
import { register } from 'node:module'

if (!fs.globSync) {
  const also = "export * from 'node:fs'; export { default } from 'node:fs'; export const globSync = () => []"
  const url = `data:text/javascript,${encodeURIComponent(also)}`
  const hook = `export const resolve = (name, context, next) =>
    name === 'fs' && context.parentURL.includes('/conformance/')
      ? { url: ${JSON.stringify(url)}, shortCircuit: true }
      : next(name, context)`
  register(`data:text/javascript,${encodeURIComponent(hook)}`)
}
