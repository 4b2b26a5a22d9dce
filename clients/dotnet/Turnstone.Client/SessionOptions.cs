using System.Diagnostics;
using System.Security.Cryptography;

namespace Turnstone.Client;

/// <summary>A session: where it is, how it is opened, where it lies.</summary>
[DebuggerDisplay("session {Name} at {Server}")]
public sealed class SessionOptions
{
    /// <summary>The server's address.</summary>
    public Uri? Server { get; set; }

    /// <summary>The contract that is spoken.</summary>
    public Contract Contract { get; set; } = Contract.SessionV3;

    /// <summary>
    /// What signs in, by the contract's names (<c>api_key</c>, <c>username</c>, <c>client_id</c>, …). A
    /// <c>refresh_token</c> goes on with a session that was opened elsewhere.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, string> Credentials { get; } = new Dictionary<string, string>();

    /// <summary>
    /// The key that tokens are bound to (RFC 9449), on the curve P-256: one of a machine that nobody can copy. Without
    /// it the session makes one when the server asks, and keeps it in the store.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ECDsa? ProofKey { get; set; }

    /// <summary>Where the session lies; in memory unless given.</summary>
    public ISessionStore Store { get; set; } = new MemoryStore();

    /// <summary>The session's name in the store.</summary>
    public string Name { get; set; } = "default";

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a refresh is tried before the callers are told.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether to sign in again by itself after somebody else used a copy of the tokens. Not unless asked: whoever took
    /// the tokens may have the credential too.
    /// </summary>
    public bool SignInAfterReuse { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Sends the requests for tokens; redirects are not followed unless it does so.</summary>
    public HttpMessageHandler? Handler { get; set; }
}
