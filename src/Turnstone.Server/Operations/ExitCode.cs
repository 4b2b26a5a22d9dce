namespace Turnstone.Server.Operations;

/// <summary>
/// How a command ended, for scripts; docs/operations.md lists them. The higher ones are those of sysexits.h.
/// </summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something went wrong that has no number of its own.</summary>
    public const int Failed = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>There is nothing of that name, or the state it is in does not allow the command.</summary>
    public const int NothingDone = 3;

    /// <summary>The file that was given is wrong; nothing was changed.</summary>
    public const int BadFile = 65;

    /// <summary>The store is away, or newer than this server.</summary>
    public const int StoreUnavailable = 69;

    /// <summary>A setting is missing, wrong or unsafe.</summary>
    public const int BadSettings = 78;
}
