namespace Turnstone.Server.Operations;

/// <summary>
/// The exit codes, for scripts; docs/operations.md lists them. The higher ones are those of sysexits.h.
/// </summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>An error without a code of its own.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Not found, or its state does not allow the command.</summary>
    public const int NothingDone = 3;

    /// <summary>Done for some of those that were named: the others are not there.</summary>
    public const int PartDone = 4;

    /// <summary>The audit log is not what was sealed.</summary>
    public const int NotAsSealed = 5;

    /// <summary>The file is wrong; nothing was changed.</summary>
    public const int BadFile = 65;

    /// <summary>The store is unavailable, or newer than this program.</summary>
    public const int StoreUnavailable = 69;

    /// <summary>The store was lost during the commit: the change may have been made. Repeat the command.</summary>
    public const int OutcomeUnknown = 75;

    /// <summary>A setting is missing, wrong or unsafe.</summary>
    public const int BadSettings = 78;
}
