namespace Turnstone.Cli;

/// <summary>The exit codes, for scripts; docs/cli.md lists them. The higher ones are those of sysexits.h.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>An error without a code of its own.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>There is no such profile, or no session in it: log in.</summary>
    public const int NoSession = 3;

    /// <summary>The session is over: log in again.</summary>
    public const int Ended = 4;

    /// <summary>The server refused the credentials or the request.</summary>
    public const int Refused = 5;

    /// <summary>The token is not good.</summary>
    public const int NotGood = 6;

    /// <summary>The doctor found something wrong.</summary>
    public const int Unwell = 7;

    /// <summary>The API answered with an error.</summary>
    public const int ApiError = 8;

    /// <summary>The server cannot be reached or gives no usable answer: try again later.</summary>
    public const int Unavailable = 69;

    /// <summary>A file of the command line's own cannot be read or written.</summary>
    public const int Files = 74;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Cancelled = 130;
}
