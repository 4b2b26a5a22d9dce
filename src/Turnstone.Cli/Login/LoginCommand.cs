using System.CommandLine;
using System.Text.Json.Nodes;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Output;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Login;

internal sealed class LoginCommand : Command
{
    private readonly Argument<string?> server = new("server")
    {
        Description = "The server's address; default: TURNSTONE_SERVER, or the profile's.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> with = new("--with")
    {
        Description = "key (default), password, code, browser, device, client (as a program) or refresh-token.",
    };
    private readonly Option<string?> contract = new("--contract");
    private readonly Option<string?> client = new("--client-id") { Description = "The client, where there is one." };
    private readonly Option<string?> issuer = new("--issuer")
    {
        Description = "The name that the server gives itself, where it is reached at another address.",
    };
    private readonly Option<bool> confidential = new("--confidential")
    {
        Description = "The client has a secret: ask for it.",
    };
    private readonly Option<string?> username = new("--username") { Description = "The email, for a password." };
    private readonly Option<string?> scope = new("--scope") { Description = "Scopes, separated by spaces." };
    private readonly Option<string?> redirect = new("--redirect-uri")
    {
        Description = "The client's own; in a browser default: http://127.0.0.1:PORT/callback on a free port.",
    };
    private readonly Option<bool> keep = new("--keep")
    {
        Description = "Keep the API key or password, so that a new session begins by itself when this one has ended.",
    };
    private readonly Option<bool> printOnly = new("--no-browser")
    {
        Description = "Print the address of the sign-in and open no browser.",
    };
    private readonly Option<bool> insecure = new("--allow-http")
    {
        Description = "Take a server without TLS that is not on this machine. Everyone on the way can read the tokens.",
    };
    private readonly CommandContext context;

    public LoginCommand(CommandContext context)
        : base("login", "Opens a session and keeps it in a profile. Secrets are asked for, never taken as arguments.")
    {
        this.context = context;
        contract.Description = $"{string.Join(", ", ContractFacts.All.Select(one => one.Path))}; default: by --with.";
        contract.AcceptOnlyFromAmong([.. ContractFacts.All.Select(one => one.Path)]);
        with.AcceptOnlyFromAmong([.. LoginMethod.All.Select(one => one.Name)]);
        Add(server);
        foreach (
            var option in new Option[]
            {
                with,
                contract,
                client,
                issuer,
                confidential,
                username,
                scope,
                redirect,
                keep,
                printOnly,
                insecure,
            }
        )
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = context.NameOf(parsed);
        var (profile, method) = Wanted(parsed, name);
        var given = Given(parsed, profile, method);
        var signIn = new SignIn(context, name, profile, given);
        var terminal = context.Terminal;
        var token = method.Name switch
        {
            "browser" => await new BrowserLogin(context, signIn).RunAsync(
                parsed.GetValue(redirect),
                !parsed.GetValue(printOnly),
                cancellationToken
            ),
            "device" => await new DeviceLogin(context, signIn).RunAsync(cancellationToken),
            _ => await terminal.WaitAsync(
                "Signing in",
                signIn.OpenAsync(new Dictionary<string, string>(), cancellationToken)
            ),
        };
        SecretFile.Write(context.Folders, name, profile, method.Kept(given, parsed.GetValue(keep)));
        var all = ProfileFile.Read(context.Folders);
        all.Profiles[name] = profile;
        (all with { Current = name }).Write(context.Folders);
        return terminal.Answer(
            new JsonObject
            {
                ["profile"] = name,
                ["server"] = profile.Server,
                ["contract"] = profile.Contract,
                ["expires_at"] = token.ExpiresAt,
            },
            $"Signed in at {profile.Server} ({profile.Contract}), profile {name}. The access token is good until "
                + $"{Durations.Text(token.ExpiresAt)} and is renewed when it is asked for: turnstone token."
        );
    }

    private (Profile Profile, LoginMethod Method) Wanted(ParseResult parsed, string name)
    {
        var before = ProfileFile.Read(context.Folders).Profiles.GetValueOrDefault(name);
        var address =
            parsed.GetValue(server)
            ?? CommandContext.Variable("SERVER")
            ?? before?.Server
            ?? throw CliException.Usage("Which server? turnstone login https://id.example.com");

        // What another server or another way was told is not taken along.
        var same = parsed.GetValue(with) is null || parsed.GetValue(with) == before?.With ? before : null;
        var method = LoginMethod.Named(parsed.GetValue(with) ?? before?.With ?? "key");
        var place = ServerAddress.Checked(address, parsed.GetValue(insecure));
        var profile = new Profile
        {
            Server = place,
            Issuer = parsed.GetValue(issuer) ?? (before?.Server == place ? before.Issuer : null),
            Contract = parsed.GetValue(contract) ?? same?.Contract ?? method.Contract,
            With = method.Name,
            ClientId = parsed.GetValue(client) ?? same?.ClientId,
            Scope = parsed.GetValue(scope) ?? same?.Scope,
        };
        return method.Name is "browser" or "device" or "client" && profile.ClientId is null
            ? throw CliException.Usage($"Which client? --with {method.Name} needs --client-id.")
            : (profile, method);
    }

    private Dictionary<string, string> Given(ParseResult parsed, Profile profile, LoginMethod method)
    {
        Dictionary<string, string> given = [];
        Put(given, "client_id", profile.ClientId);
        Put(given, "scope", profile.Scope);
        Put(given, "username", parsed.GetValue(username));
        if (method.Name is "code")
        {
            Put(given, "redirect_uri", parsed.GetValue(redirect));
        }

        foreach (var name in Asked(parsed, profile, method).Where(name => !given.ContainsKey(name)))
        {
            given[name] = Secrets.Read(context.Terminal, name);
        }

        return given;
    }

    private List<string> Asked(ParseResult parsed, Profile profile, LoginMethod method)
    {
        var asked = method.Asks.ToList();
        if (profile.Facts.ShowsSubscriptionKey && !asked.Contains("subscription_key"))
        {
            asked.Add("subscription_key");
        }

        if (profile.ClientId is not null && parsed.GetValue(confidential) && !asked.Contains("client_secret"))
        {
            asked.Add("client_secret");
        }

        return asked;
    }

    private static void Put(Dictionary<string, string> given, string name, string? value)
    {
        if (value is not null)
        {
            given[name] = value;
        }
    }
}
