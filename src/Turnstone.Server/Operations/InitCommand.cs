using System.CommandLine;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Server.Operations.Setup;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>
/// Makes a store; every other command, and a server in Production, refuses where there is none. With an issuer it also
/// writes the files of an installation.
/// </summary>
internal sealed class InitCommand : Command
{
    private readonly Option<bool> json = Output.JsonOption();
    private readonly Output output;
    private readonly Option<string?> issuer = new("--issuer")
    {
        Description = "Write the settings, the unit and the proxy's file for a service at this https URL.",
    };
    private readonly Option<string> proxy = new("--proxy")
    {
        Description = "The proxy in front of it: nginx, caddy, haproxy, traefik or none.",
        DefaultValueFactory = _ => "nginx",
    };
    private readonly Option<string> proxyAddress = new("--proxy-address")
    {
        Description = "Where the proxy's requests come from.",
        DefaultValueFactory = _ => "127.0.0.1",
    };
    private readonly Option<string> mailHost = new("--mail-host") { Description = "The mail server." };
    private readonly Option<string> mailFrom = new("--mail-from") { Description = "The sender of its emails." };
    private readonly Option<string?> administrator = new("--administrator")
    {
        Description = "Make an account with this email that administers the portal.",
    };
    private readonly Option<bool> passwordFromInput = new("--password-stdin")
    {
        Description = "Read the administrator's password from the standard input; without it a link is printed.",
    };
    private readonly Option<string> root = new("--root")
    {
        Description = "Write below this folder, as for a package; default: /.",
        DefaultValueFactory = _ => "/",
    };
    private readonly Option<bool> force = new("--force") { Description = "Overwrite files that are there." };

    private readonly CommandHost context;
    private readonly ContractList contracts;

    public InitCommand(CommandHost context, ContractList contracts)
        : base(
            "init",
            "Makes a new store, and its master key if the settings have none. A store that is there is left as it is. "
                + "With --issuer, or asked on a terminal, it also writes the files of an installation."
        )
    {
        (this.context, this.contracts, output) = (context, contracts, context.Output);
        proxy.Validators.Add(result => Refuse(result, SetupCheck.ProxyFault));
        issuer.Validators.Add(result => Refuse(result, SetupCheck.IssuerFault));
        mailFrom.Validators.Add(result => Refuse(result, SetupCheck.AddressFault));
        Option[] all =
        [
            json,
            issuer,
            proxy,
            proxyAddress,
            mailHost,
            mailFrom,
            administrator,
            passwordFromInput,
            root,
            force,
        ];
        Array.ForEach(all, Add);
        Validators.Add(result =>
        {
            if (result.GetValue(mailHost) is not null && result.GetValue(mailFrom) is null)
            {
                result.AddError("--mail-host needs --mail-from, the sender's address.");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken));
    }

    private static void Refuse(System.CommandLine.Parsing.OptionResult result, Func<string, string?> fault)
    {
        if (fault(result.GetValueOrDefault<string>() ?? "") is { } sentence)
        {
            result.AddError($"{result.Option.Name}: {sentence}");
        }
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var answers = Answers(parsed);
        if (answers is null)
        {
            return await MakeStoreAsync(context, parsed, [], cancellationToken);
        }

        var top = Path.GetFullPath(parsed.GetValue(root)!);
        var files = SetupFiles.Of(
            answers,
            contracts,
            top,
            context.Connection ?? $"Data Source={SetupFiles.Data}/turnstone.db",
            Program
        );
        var inTheWay = parsed.GetValue(force) ? [] : SetupFiles.InTheWay(files);
        if (inTheWay.Count > 0)
        {
            return output.Refuse(
                $"{string.Join(", ", inTheWay)}: there already, and different. Nothing was written; --force overwrites."
            );
        }

        files.ToList().ForEach(SetupFiles.Write);
        return await MakeStoreAsync(
            context.With(SettingsOf(answers, top)),
            parsed,
            [.. files.Select(file => file.Path)],
            cancellationToken
        );
    }

    private static string Program => Environment.ProcessPath ?? "/opt/turnstone/turnstone-server";

    private SetupAnswers? Answers(ParseResult parsed) =>
        parsed.GetValue(issuer) is { } url
            ? new()
            {
                Issuer = url.TrimEnd('/'),
                Proxy = Enum.Parse<ProxyKind>(parsed.GetValue(proxy)!, ignoreCase: true),
                ProxyAddress = parsed.GetValue(proxyAddress)!,
                MailHost = parsed.GetValue(mailHost) ?? "",
                MailFrom = parsed.GetValue(mailFrom) ?? "",
            }
        : Questions.CanAsk(output) && !context.HasIssuer ? Questions.AskAll()
        : null;

    /// <summary>The settings that were just written, for the commands of this process.</summary>
    private string[] SettingsOf(SetupAnswers answers, string top) =>
        [
            $"--Turnstone:Issuer={answers.Issuer}",
            .. context.Connection is null
                ? (string[])
                    [$"--ConnectionStrings:Turnstone=Data Source={SetupFiles.Under(top, SetupFiles.Data)}/turnstone.db"]
                : [],
        ];

    private async Task<int> MakeStoreAsync(
        CommandHost host,
        ParseResult parsed,
        IReadOnlyList<string> written,
        CancellationToken cancellationToken
    )
    {
        var email = parsed.GetValue(administrator);
        if (email is null && written.Count > 0 && parsed.GetValue(issuer) is null)
        {
            email = Questions.Ask("The email of the first administrator (empty: none yet)", "", _ => null);
            email = email.Length == 0 ? null : email;
        }

        var password =
            email is null ? null
            : parsed.GetValue(passwordFromInput) ? Console.ReadLine()
            : Questions.CanAsk(output) ? Questions.NewPassword(email)
            : null;
        Made? made = null;
        var code = await host.RunAsync(
            async (services, cancel) =>
            {
                made = await MakeAsync(services, cancel);
                var link = email is null ? null : await FirstAdministrator.MakeAsync(services, email, password, cancel);
                made = made with { Written = written, Administrator = email, Link = link };
                return ExitCode.Done;
            },
            cancellationToken,
            StoreNeed.None
        );

        // Once the store is closed: an open one has more files.
        var given = written.Count == 0 || await GiveAsync(parsed, cancellationToken);
        Show(made!, parsed.GetValue(json), given);
        return code;
    }

    /// <summary>Gives what root has made to the user of the unit; false if there is none yet.</summary>
    private async Task<bool> GiveAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = SetupFiles.Under(Path.GetFullPath(parsed.GetValue(root)!), "/var/lib/turnstone");
        return !Environment.IsPrivilegedProcess
            || !System.IO.Directory.Exists(folder)
            || await ServiceUser.TryGiveAsync(folder, cancellationToken);
    }

    // Two at once take turns: whoever applies nothing finds what the other has made.
    private static async Task<Made> MakeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var settings = services.GetRequiredService<ServerSettings>();

        // Before the store is opened, which makes the file of an embedded one.
        var key = MasterKeys.EnsureMade(settings, services.GetRequiredService<RandomSource>());
        var store = services.GetRequiredService<Store>();
        await Pooler.RefuseAsync(store, cancellationToken);
        var migrations = store.Migrations;
        var status = await migrations.StatusAsync(cancellationToken);
        var made = status.Applied == 0 && await migrations.ApplyAsync(cancellationToken) > 0;
        return new Made(
            made,
            settings.Database.ToString(),
            made ? status.Known : (await migrations.StatusAsync(cancellationToken)).Applied,
            key
        );
    }

    private void Show(Made made, bool json, bool given)
    {
        if (json)
        {
            output.WriteJson(made);
            return;
        }

        foreach (var file in made.Written)
        {
            output.WriteLine($"Wrote {file}.");
        }

        output.WriteLine(
            made.IsNew
                ? $"Made a new store at version {made.Version}: {made.Store}."
                : $"Nothing to do: there is a store at version {made.Version} already: {made.Store}."
        );
        if (made.MasterKey is { } key)
        {
            output.WriteLine(
                $"Made its master key: {key}. Keep a copy in another place: without it the database cannot be used."
            );
        }

        if (made.Administrator is { } email)
        {
            output.WriteLine(
                made.Link is { } link
                    ? $"{email} administers the portal. Set its password within the hour, at this link, which works "
                        + $"once:\n  {link}"
                    : $"{email} administers the portal."
            );
        }

        if (made.Written.Count > 0)
        {
            output.WriteLine(
                (given ? "" : $"There is no user {ServiceUser.Name} yet: make it, and give it /var/lib/turnstone.\n")
                    + NextSteps.Of(Program)
            );
        }
    }

    private sealed record Made(bool IsNew, string Store, long Version, string? MasterKey)
    {
        public IReadOnlyList<string> Written { get; init; } = [];

        public string? Administrator { get; init; }

        public string? Link { get; init; }
    }
}
