namespace Turnstone.Cli;

/// <summary>Why a command does nothing: a sentence for a person, a word and an exit code for a script.</summary>
internal sealed class CliException(int exitCode, string code, string sentence) : Exception(sentence)
{
    public int ExitCode => exitCode;

    public string Code => code;

    public static CliException Usage(string sentence) => new(Cli.ExitCode.Usage, "usage", sentence);

    public static CliException NoSession(string profile) =>
        new(
            Cli.ExitCode.NoSession,
            "no_session",
            $"There is no session in the profile {profile}. Open one: turnstone login."
        );
}
