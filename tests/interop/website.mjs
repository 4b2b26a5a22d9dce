// A website on passport, with the strategy of the arguments: passport-openidconnect, or openid-client's own. Arguments:
// the strategy; the server; the client, its secret and its redirect URI. Says where it listens in one line, and tells
// in its page who signed in.
import express from 'express'
import session from 'express-session'
import * as openid from 'openid-client'
import { Strategy as OpenIdClient } from 'openid-client/passport'
import passport from 'passport'
import OpenIdConnect from 'passport-openidconnect'

const [strategy, issuer, client, secret, redirect] = process.argv.slice(2)

async function passportOpenIdConnect() {
  const server = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
  const options = {
    issuer,
    authorizationURL: server.authorization_endpoint,
    tokenURL: server.token_endpoint,
    userInfoURL: server.userinfo_endpoint,
    clientID: client,
    clientSecret: secret,
    callbackURL: redirect,
    scope: ['email'],
    skipUserProfile: false,
  }
  return new OpenIdConnect(options, (_, profile, done) =>
    done(null, { sub: profile.id, email: profile.emails?.[0].value }))
}

async function openidClient() {
  const config = await openid.discovery(new URL(issuer), client, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  })
  const options = { config, scope: 'openid email', name: 'openidconnect' }
  const theirs = new OpenIdClient(options, async (tokens, done) => {
    const { sub } = tokens.claims()
    done(null, { sub, email: (await openid.fetchUserInfo(config, tokens.access_token, sub)).email })
  })
  theirs.currentUrl = (request) => new URL(request.originalUrl, `http://127.0.0.1:${app.port}`)
  return theirs
}

const app = express()
app.use(session({ secret: 'of the tests', resave: false, saveUninitialized: false }))
app.use(passport.initialize())
app.use(passport.session())
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user, done) => done(null, user))

const listening = app.listen(0, '127.0.0.1', async () => {
  app.port = listening.address().port
  const options = strategy === 'openid-client' ? { callbackURL: `http://127.0.0.1:${app.port}/callback` } : {}
  passport.use('openidconnect', await (strategy === 'openid-client' ? openidClient() : passportOpenIdConnect()))
  app.get('/', passport.authenticate('openidconnect', options))
  app.get('/callback', passport.authenticate('openidconnect', options), (request, response) => {
    response.type('text').send(`${request.user.sub} ${request.user.email}`)
  })
  app.use((error, request, response, next) => response.status(500).type('text').send(`${error.stack}`))
  console.log(`listens: http://127.0.0.1:${app.port}`)
})
