using System.CommandLine;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Commands;

/// <summary>Which token a verb is about: the profile's, or with - the one on the standard input.</summary>
internal static class TokenArgument
{
    public static Argument<string?> Make()
    {
        var argument = new Argument<string?>("token")
        {
            Description = "- for the token on the standard input; without it the profile's.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        argument.Validators.Add(result =>
        {
            // What was given is not repeated: it may be a secret.
            if (result.Tokens is not ([] or [{ Value: "-" }]))
            {
                result.AddError("A token comes on the standard input: say - in its place.");
            }
        });
        return argument;
    }

    /// <summary>The token, as it is: it may be over.</summary>
    public static string Read(CommandContext context, string? argument, OpenProfile open) =>
        argument is "-"
            ? Secrets.ReadToken(context.Terminal)
            : open.AnyToken ?? throw CliException.NoSession(open.Name);
}
