// Reads one task from stdin, verifies and signs with jose, and writes what came of it to stdout.
// A token that jose refuses becomes null.
import { webcrypto } from 'node:crypto'
import { createLocalJWKSet, errors, importPKCS8, jwtVerify, SignJWT } from 'jose'

// Node 18, which is Debian 12's, has it, but not as a global.
globalThis.crypto ??= webcrypto

let text = ''
for await (const chunk of process.stdin) {
  text += chunk
}

const task = JSON.parse(text)
const keys = createLocalJWKSet(task.jwks)
const rules = { issuer: task.issuer, audience: task.audience, currentDate: new Date(task.now * 1000) }

async function verify(token) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, rules)
    return { payload, protectedHeader }
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      return null
    }
    throw error
  }
}

async function sign({ header, payload, pkcs8 }) {
  return new SignJWT(payload).setProtectedHeader(header).sign(await importPKCS8(pkcs8, header.alg))
}

const verified = await Promise.all(task.verify.map(verify))
const signed = await Promise.all(task.sign.map(sign))
process.stdout.write(JSON.stringify({ verified, signed }))
