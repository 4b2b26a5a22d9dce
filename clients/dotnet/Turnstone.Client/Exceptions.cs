namespace Turnstone.Client;

/// <summary>Why there is no token, and what to do. The message never contains a token or credential.</summary>
public abstract class SessionException : Exception
{
    private protected SessionException(string word, string? said, string? code, string? next, Exception? inner = null)
        : base(Text(word, said, next), inner) =>
        (Code, Reason, NextStep) = (code, said ?? Contract.Words(word), Contract.Words(next ?? $"{word}_next"));

    /// <summary>The server's code, if it gave one.</summary>
    public string? Code { get; }

    /// <summary>Why, in the server's words if it gave some.</summary>
    public string Reason { get; }

    /// <summary>What to do.</summary>
    public string NextStep { get; }

    /// <summary>How long to wait before the next try, if that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same for another waiter: two threads must not throw one object.</summary>
    internal abstract SessionException Again();

    private static string Text(string word, string? said, string? next) =>
        string.Join(' ', new[] { Contract.Words(word), said, Contract.Words(next ?? $"{word}_next") }.OfType<string>());
}

/// <summary>The session is over. <see cref="SessionException.Code"/> tells an alarm from an ordinary end.</summary>
public sealed class SessionEndedException : SessionException
{
    private readonly string? said;

    internal SessionEndedException(string? code, string? said)
        : base("ended", said, code, IsReuse(code) ? "reused_next" : null) => this.said = said;

    /// <summary>Whether it was ended because somebody else used a copy of its tokens.</summary>
    public bool Reused => IsReuse(Code);

    internal override SessionException Again() => new SessionEndedException(Code, said);

    private static bool IsReuse(string? code) => Contract.IsCode("reused", code);
}

/// <summary>The credentials were refused. They are not sent again before <c>RetryAfter</c>.</summary>
public sealed class SignInRefusedException : SessionException
{
    private readonly string? said;

    internal SignInRefusedException(string? code, string? said)
        : base("sign_in_refused", said, code, null) => this.said = said;

    internal override SessionException Again() => new SignInRefusedException(Code, said) { RetryAfter = RetryAfter };
}

/// <summary>The server refused the request for a reason that is not the session's.</summary>
public sealed class RequestRefusedException : SessionException
{
    private readonly string? said;

    internal RequestRefusedException(string? code, string? said)
        : base("refused", said, code, null) => this.said = said;

    internal override SessionException Again() => new RequestRefusedException(Code, said);
}

/// <summary>The server could not be reached or has no time. The session is kept.</summary>
public sealed class ServerUnavailableException : SessionException
{
    private readonly string word;

    internal ServerUnavailableException(string word, string? code)
        : base(word, null, code, "unavailable_next") => this.word = word;

    internal override SessionException Again() =>
        new ServerUnavailableException(word, Code) { RetryAfter = RetryAfter };
}

/// <summary>The session could not be read or saved. Nothing is lost: the same refresh goes on when it can.</summary>
public sealed class SessionStoreException : SessionException
{
    private readonly string word;

    internal SessionStoreException(string word, Exception? inner = null)
        : base(word, null, null, "store_next", inner) => this.word = word;

    internal override SessionException Again() => new SessionStoreException(word, InnerException);
}

/// <summary>There is no session and no credential to open one.</summary>
public sealed class NoSessionException : SessionException
{
    internal NoSessionException()
        : base("no_session", null, null, null) { }

    internal override SessionException Again() => new NoSessionException();
}
