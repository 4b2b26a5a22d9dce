using System.Net;
using System.Security.Cryptography;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Settings;

/// <summary>
/// The settings of one process, read and checked. They are created in one place and passed to everything else.
/// </summary>
public sealed record ServerSettings(TurnstoneSettings Turnstone, DatabasePlace Database, bool Production)
{
    public const string DefaultUrl = "http://127.0.0.1:8400";

    /// <exception cref="SettingsException">Some settings are wrong; it names all of them.</exception>
    public static ServerSettings Read(
        IConfiguration configuration,
        IHostEnvironment environment,
        ContractList contracts
    )
    {
        var (settings, problems) = ReadAll(configuration, environment, contracts);
        return problems.Count == 0 ? settings : throw new SettingsException(problems);
    }

    /// <summary>The settings as far as they can be read, and all that is wrong with them.</summary>
    internal static (ServerSettings Settings, IReadOnlyList<string> Problems) ReadAll(
        IConfiguration configuration,
        IHostEnvironment environment,
        ContractList contracts
    )
    {
        var reader = new SettingsReader();
        var read = reader.Read(configuration.GetSection(TurnstoneSettings.Section), new TurnstoneSettings(contracts));
        List<string> problems = [.. reader.Problems];
        var database = DatabasePlace.Read(configuration, problems);
        var production = !environment.IsDevelopment();

        var issuer = read.Issuer.Length == 0 && !production ? ListeningAt(configuration) : read.Issuer.TrimEnd('/');
        problems.AddRange(SettingsChecks.Of(read, issuer, database, production));
        var settings = new ServerSettings(
            read with
            {
                Issuer = issuer,
                Audience = read.Audience.Length == 0 ? issuer : read.Audience,
            },
            database,
            production
        );
        return (settings, problems);
    }

    /// <summary>
    /// In Development the issuer is the URL that the server listens on, if a client can use it.
    /// </summary>
    private static string ListeningAt(IConfiguration configuration)
    {
        var first = configuration[WebHostDefaults.ServerUrlsKey]?.Split(';')[0];
        return Uri.TryCreate(first, UriKind.Absolute, out var url) && url.Port != 0
            ? url.GetLeftPart(UriPartial.Authority)
            : DefaultUrl;
    }
}

/// <summary>
/// Checks across settings: whether they fit each other, and what Production refuses.
/// </summary>
internal static class SettingsChecks
{
    public static IEnumerable<string> Of(
        TurnstoneSettings settings,
        string issuer,
        DatabasePlace database,
        bool production
    )
    {
        if (issuer.Length == 0)
        {
            yield return "Turnstone:Issuer is missing: in Production give the https URL under which clients reach this "
                + "service.";
        }
        else if (
            !Uri.TryCreate(issuer, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url.Query.Length > 0
            || url.Fragment.Length > 0
            || url.UserInfo.Length > 0
        )
        {
            yield return $"Turnstone:Issuer is \"{issuer}\": give an absolute URL without query, "
                + "fragment or user (RFC 8414 §2).";
        }
        else if (production && url.Scheme != "https")
        {
            yield return $"Turnstone:Issuer is \"{issuer}\": in Production it has to begin with https, "
                + "because tokens must not be sent unencrypted.";
        }

        if (settings.MasterKey.Length == 0 && database.File is null)
        {
            yield return "Turnstone:MasterKey is missing: on PostgreSQL every node needs the same one, "
                + "so create it once (openssl rand -base64 32) and set it on all of them.";
        }

        if (settings.Store.RequireReplication && database.File is not null)
        {
            yield return "Turnstone:Store:RequireReplication is true, and the embedded database has no standby: "
                + "use PostgreSQL, or set it to false.";
        }

        foreach (var problem in MasterKeyProblems(settings))
        {
            yield return problem;
        }

        foreach (
            var trusted in settings.Proxies.Trusted.Where(text =>
                !IPAddress.TryParse(text, out _) && !IPNetwork.TryParse(text, out _)
            )
        )
        {
            yield return $"Turnstone:Proxies:Trusted holds \"{trusted}\": give addresses (10.0.0.5) or networks "
                + "(10.0.0.0/8).";
        }

        foreach (var problem in settings.Telemetry.Problems())
        {
            yield return problem;
        }

        if (
            settings.SecurityContact.Length > 0
            && !(
                Uri.TryCreate(settings.SecurityContact, UriKind.Absolute, out var contact)
                && contact.Scheme is "https" or "mailto"
                && !settings.SecurityContact.Any(char.IsWhiteSpace)
            )
        )
        {
            yield return $"Turnstone:SecurityContact is \"{settings.SecurityContact}\": give an address "
                + "that begins with mailto: or https: (RFC 9116 §2.5.3).";
        }

        var preview = settings.Portal.Preview.Brand.Problems();
        foreach (
            var problem in settings
                .Portal.Brand.Problems()
                .Concat(
                    preview.Select(one => one.Replace("Portal:Brand", "Portal:Preview:Brand", StringComparison.Ordinal))
                )
        )
        {
            yield return problem;
        }

        foreach (var problem in settings.Clients.Problems())
        {
            yield return problem;
        }

        foreach (var problem in settings.Mail.Problems())
        {
            yield return problem;
        }

        foreach (var problem in ScopeProblems(settings))
        {
            yield return problem;
        }

        foreach (var problem in settings.Contracts.Problems())
        {
            yield return problem;
        }

        if (settings.Provision.Length > 0)
        {
            foreach (var problem in ProvisionProblems(settings.Provision, production))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<string> ScopeProblems(TurnstoneSettings settings)
    {
        var given = settings
            .Portal.Scopes.Select(text => (Name: "Portal:Scopes", Text: text))
            .Concat(settings.Scopes.Select(text => (Name: "Scopes", Text: text)))
            .Where(pair => OfferedScope.IsUnreadable(pair.Text))
            .ToList();
        return given.Count > 0
            ? given.Select(pair =>
                $"Turnstone:{pair.Name} holds \"{pair.Text}\": give name or name=sentence, "
                + "the name without space, quote or backslash (RFC 6749 §3.3)."
            )
            : settings
                .UnknownScopes(settings.AccountScopes.Where(name => name.Length > 0))
                .Select(name =>
                    $"Turnstone:AccountScopes holds \"{name}\", which is no scope of this server: "
                    + "add it to Turnstone:Scopes or correct its name."
                );
    }

    private static IEnumerable<string> MasterKeyProblems(TurnstoneSettings settings)
    {
        var given =
            settings.MasterKey.Length > 0
                ? settings.PreviousMasterKeys.Prepend(settings.MasterKey).ToList()
                : settings.PreviousMasterKeys;
        if (given.Any(text => !MasterKeyText.TryRead(text, out _)))
        {
            yield return "Turnstone:MasterKey or one of Turnstone:PreviousMasterKeys is not the base64 of 32 bytes: "
                + "create one with openssl rand -base64 32.";
        }
        else if (
            given.Select(text => MasterKeyText.TryRead(text, out var key) ? key!.Id : 0).Distinct().Count()
            < given.Count
        )
        {
            yield return "Turnstone:MasterKey and Turnstone:PreviousMasterKeys hold two keys that are the same "
                + "or share an id (1 pair in 256 does): create another new key.";
        }
    }

    private static IEnumerable<string> ProvisionProblems(string path, bool production)
    {
        if (!File.Exists(path))
        {
            yield return $"Turnstone:Provision names \"{path}\", which does not exist: "
                + "give the path of a provisioning file.";
        }
        else if (production && !OwnerOnly.Holds(path))
        {
            yield return $"Turnstone:Provision names \"{path}\", which others on this machine can read "
                + "although it can contain secrets: chmod 600 it.";
        }
    }
}

/// <summary>A master key as text: the base64 of its 32 bytes.</summary>
internal static class MasterKeyText
{
    public static bool TryRead(string text, out MasterKey? key)
    {
        Span<byte> bytes = stackalloc byte[MasterKey.Size + 1];
        key =
            Convert.TryFromBase64String(text.Trim(), bytes, out var count) && count == MasterKey.Size
                ? new MasterKey(bytes[..count])
                : null;
        CryptographicOperations.ZeroMemory(bytes);
        return key is not null;
    }
}

/// <summary>Files and folders that contain secrets: only their owner may have access.</summary>
internal static class OwnerOnly
{
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    public static bool Holds(string path) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & ~FolderMode) == UnixFileMode.None;
}
