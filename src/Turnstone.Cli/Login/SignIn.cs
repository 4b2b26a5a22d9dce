using Turnstone.Cli.Profiles;
using Turnstone.Client;

namespace Turnstone.Cli.Login;

/// <summary>Opens the session of a profile with what was given for it.</summary>
internal sealed class SignIn(
    CommandContext context,
    string name,
    Profile profile,
    IReadOnlyDictionary<string, string> given
)
{
    public Profile Profile => profile;

    public IReadOnlyDictionary<string, string> Given => given;

    /// <summary>Signs in, whatever there was; what there was is kept until a new session is there.</summary>
    public async Task<AccessToken> OpenAsync(
        IReadOnlyDictionary<string, string> more,
        CancellationToken cancellationToken
    )
    {
        var credentials = new Dictionary<string, string>(given);
        foreach (var (key, value) in more)
        {
            credentials[key] = value;
        }

        using var open = new OpenProfile(name, profile, context.Folders, context.Time, credentials);
        if (open.HoldsAnother)
        {
            // The client goes on with no session of another server.
            await open.ForgetAsync(cancellationToken);
        }

        await open.Session.SignInAsync(cancellationToken);
        return await open.Session.GetAccessTokenAsync(null, cancellationToken);
    }
}
