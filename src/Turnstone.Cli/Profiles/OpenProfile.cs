using Turnstone.Client;

namespace Turnstone.Cli.Profiles;

/// <summary>A profile in use: its session, and what lies on the disk of it.</summary>
internal sealed class OpenProfile : IDisposable
{
    private readonly Folders folders;
    private readonly KeepingStore store;

    public OpenProfile(
        string name,
        Profile profile,
        Folders folders,
        TimeProvider time,
        IReadOnlyDictionary<string, string>? given = null
    )
    {
        (Name, Profile, this.folders) = (name, profile, folders);
        store = new KeepingStore(folders);
        Credentials = given ?? Known(name, profile, folders);
        var options = new SessionOptions
        {
            Server = profile.Address,
            Contract = profile.ToContract(),
            Store = store,
            Name = name,
            Time = time,
        };
        foreach (var (key, value) in Credentials)
        {
            options.Credentials[key] = value;
        }

        Session = new TurnstoneSession(options);
    }

    public string Name { get; }

    public Profile Profile { get; }

    public TurnstoneSession Session { get; }

    public IReadOnlyDictionary<string, string> Credentials { get; }

    /// <summary>What is stored for this server and contract; null for nothing, or what cannot be read.</summary>
    public StoredTokens? Stored => Own(folders.SessionOf(Name));

    /// <summary>Whether a session is stored that this profile cannot go on with: it is of another server.</summary>
    public bool HoldsAnother =>
        StoredTokens.Parse(PrivateFile.Read(folders.SessionOf(Name))) is { } stored && !stored.AreFor(Profile);

    /// <summary>An access token that is good.</summary>
    public Task<AccessToken> TokenAsync(CancellationToken cancellationToken)
    {
        // What signs in by itself needs no session yet; whoever signs in once has to do so first.
        if (!File.Exists(folders.SessionOf(Name)) && !LoginMethod.Named(Profile.With).OpensAgain(Credentials))
        {
            throw CliException.NoSession(Name);
        }

        return Session.GetAccessTokenAsync(null, cancellationToken);
    }

    /// <summary>The access token of before, while or after the session stands: good or not.</summary>
    public string? AnyToken => Stored?.Access ?? Own(folders.LastOf(Name))?.Access;

    /// <summary>Removes what lies on the disk, but for the profile itself.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using (await store.LockAsync(Name, cancellationToken))
        {
            PrivateFile.Delete(folders.SessionOf(Name));
            PrivateFile.Delete(folders.LastOf(Name));
            SecretFile.Delete(folders, Name);
        }
    }

    public void Dispose() => Session.Dispose();

    private StoredTokens? Own(string file) =>
        StoredTokens.Parse(PrivateFile.Read(file)) is { } stored && stored.AreFor(Profile) ? stored : null;

    private static Dictionary<string, string> Known(string name, Profile profile, Folders folders)
    {
        var known = SecretFile.Read(folders, name, profile);
        LoginMethod.Named(profile.With).AddTo(known, profile);
        return known;
    }
}
