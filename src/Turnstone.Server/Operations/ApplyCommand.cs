using System.CommandLine;
using Turnstone.Server.Operations.Provisioning;

namespace Turnstone.Server.Operations;

internal sealed class ApplyCommand : Command
{
    public ApplyCommand(CommandHost context)
        : base(
            "apply",
            "Makes the store match a provisioning file (JSON: products, accounts, clients). "
                + "Applying it again changes nothing."
        )
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The provisioning file. It is checked as a whole before anything is changed.",
        };
        var json = Output.JsonOption();
        Add(file);
        Add(json);
        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var path = parsed.GetValue(file)!;
                        var wanted = ProvisioningReader.Read(path);
                        var report = await context.Output.ProgressAsync(
                            $"Applying {path}",
                            () => services.GetRequiredService<Provisioner>().ApplyAsync(wanted, path, cancel)
                        );
                        ProvisioningPage.Write(report, context.Output, parsed.GetValue(json));
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
    }
}
