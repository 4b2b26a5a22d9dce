using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Provisioning;

public static partial class ProvisioningServices
{
    public static IServiceCollection AddProvisioning(this IServiceCollection services)
    {
        // What it mints is shown where the command that runs writes, and otherwise on the console.
        services.TryAddSingleton(_ => Output.OfProcess);
        return services
            .AddSingleton<HoldingsProvisioner>()
            .AddSingleton<AccountProvisioner>()
            .AddSingleton<ClientProvisioner>()
            .AddSingleton<TrustProvisioner>()
            .AddSingleton<IdentityProviderProvisioner>()
            .AddSingleton<ProductProvisioner>()
            .AddSingleton<ApiProvisioner>()
            .AddSingleton<Provisioner>()
            .AddSingleton<IPreparationStep, ProvisionAtStart>();
    }

    /// <summary>Applies the file that the settings name.</summary>
    private sealed partial class ProvisionAtStart(
        Provisioner provisioner,
        TurnstoneSettings settings,
        Output output,
        ILogger<ProvisionAtStart> log
    ) : IPreparationStep
    {
        public async Task PrepareAsync(CancellationToken cancellationToken)
        {
            if (settings.Provision.Length == 0)
            {
                return;
            }

            var report = await provisioner.ApplyAsync(
                ProvisioningReader.Read(settings.Provision),
                settings.Provision,
                cancellationToken
            );
            Log(log, settings.Provision, report.Changes.Count);
            ProvisioningPage.WriteMinted(report, output);
        }

        [LoggerMessage(1100, LogLevel.Information, "Applied {File}: {Count} changes.")]
        private static partial void Log(ILogger log, string file, int count);
    }
}
